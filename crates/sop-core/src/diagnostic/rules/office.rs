//! `SOP07xx`: office, directory, calendar.

use crate::diagnostic::registry::rule_table;

rule_table! {
    701 BAD_ZONE Error
        "zona waktu `{offset}` tidak dapat dipakai: {reason}", "the zone `{offset}` can't be used: {reason}"
        help "WIB +07:00, WITA +08:00, WIT +09:00", "WIB is +07:00, WITA +08:00, WIT +09:00"
        page "Zona waktu ditulis sebagai selisih tetap dari UTC, dengan tanda, dua angka jam, dan dua angka menit, beserta sebutan pendek yang dicetak di belakang jam. Indonesia tidak mengenal waktu musim panas, sehingga selisih tetap sudah cukup.",
             "A zone is a fixed offset from UTC, with a sign, two digits for hours and two for minutes, and a short label that is printed behind the time. Indonesia knows no daylight saving time, so a fixed offset is enough."
        bad r#""zone": { "offset": "UTC+7", "label": "WIB" }"# good r#""zone": { "offset": "+07:00", "label": "WIB" }"#;
    702 DURATION_OUT_OF_BOUNDS Error
        "`{key}` harus dari 1 sampai {max}, bukan {found}", "`{key}` has to be from 1 to {max}, not {found}"
        help "lazimnya 450 menit sehari, 5 hari seminggu, 20 hari sebulan", "the usual ones are 450 minutes a day, 5 days a week, 20 days a month"
        page "Angka-angka ini mengartikan kata hari, minggu, dan bulan pada kolom Waktu. Menurut Perpres 21/2023, jam kerja 37,5 jam seminggu, yaitu 450 menit sehari selama lima hari.",
             "These numbers say what hari, minggu and bulan mean in the column Waktu. By Perpres 21/2023 a week has 37.5 hours of work, which is 450 minutes on each of five days."
        bad r#""minutes_per_day": 0"# good r#""minutes_per_day": 450"#;
    703 SUPERIOR_CIRCLE Error
        "`{post}` menjadi atasan dirinya sendiri, langsung atau melalui jabatan lain", "`{post}` stands above itself, directly or through other posts"
        help "perbaiki `superior` salah satu jabatan dalam lingkaran ini", "correct the `superior` of one of the posts in the circle"
        page "Jabatan tersusun berjenjang: menelusuri atasan demi atasan harus berakhir di pimpinan tertinggi, yang tidak punya `superior`. Dalam lingkaran, eskalasi berputar tanpa sampai kepada siapa pun. Semua jabatan dalam lingkaran ini dilaporkan.",
             "Posts are ranked: going from superior to superior has to end at the top, which has no `superior`. In a circle an escalation goes round without reaching anybody. All posts of the circle are reported."
        bad r#"{ "id": "kabag", "superior": "karo" }, { "id": "karo", "superior": "kabag" }"# good r#"{ "id": "kabag", "superior": "karo" }, { "id": "karo", "superior": "asisten" }"#;
    704 PATTERN_WITHOUT_NUMBER Error
        "bentuk nomor tidak memuat nomor urut, sehingga semua surat bernomor sama", "the pattern has no place for the number, so that all letters would get the same"
        help "tulis kata number dalam kurung kurawal di tempat nomor urutnya", "write the word number in braces where the number goes"
        page "Bentuk nomor menyebut tempat nomor urut dan tahun sebagai kata number dan year dalam kurung kurawal; sisanya disalin apa adanya. Tanpa tempat nomor urut, buku register tidak memberi nomor yang berlainan.",
             "The pattern says where number and year go by the words number and year in braces; the rest is copied as it is. Without a place for the number the register doesn't give different ones."
        bad r#""pattern": "000.8/SETDA/{year}""# good r#""pattern": "000.8/{number}/SETDA/{year}""#;
    705 PATTERN_WITHOUT_YEAR Warning
        "nomor mulai lagi dari 1 setiap tahun, tetapi bentuknya tidak memuat tahun", "the numbers begin at 1 every year, but the pattern has no year"
        help "tulis kata year dalam kurung kurawal di tempat tahunnya, atau `yearly`: false", "write the word year in braces where the year goes, or `yearly`: false"
        page "Nomor yang mulai lagi setiap tahun akan berulang: surat pertama tahun ini dan tahun depan bernomor sama. Muat tahunnya dalam bentuk nomor, atau lanjutkan hitungannya tanpa mulai lagi.",
             "Numbers that begin again every year repeat: the first letter of this year and of the next get the same. Put the year into the pattern, or let the count go on."
        bad r#""pattern": "000.8/{number}/SETDA""# good r#""pattern": "000.8/{number}/SETDA/{year}""#;
    721 DIRECTORY_UNKNOWN_POST Error
        "jabatan `{post}` tidak ada di berkas kantor", "the office file has no post `{post}`"
        help "perbaiki id-nya, atau tambahkan jabatan itu di berkas kantor", "correct the id, or add the post to the office file"
        page "Daftar pejabat menyebut jabatan menurut id di berkas kantor. Jabatan yang tidak dikenal tidak memegang peran apa pun, sehingga orangnya tidak akan menerima tugas. Biasanya salah ketik, atau jabatannya berganti nama.",
             "The directory names posts by their ids in the office file. An unknown post holds no role, so the person would get no tasks. It is mostly a misspelling, or the post got another name."
        bad r#"{ "post": "kabiro", "person": "damar" }"# good r#"{ "post": "karo", "person": "damar" }"#;
    722 DIRECTORY_UNKNOWN_PERSON Error
        "orang `{person}` tidak ada dalam `people`", "`people` does not list `{person}`"
        help "perbaiki id-nya, atau tambahkan orangnya pada `people`", "correct the id, or add the person to `people`"
        page "Pemegang jabatan dan yang berhalangan disebut menurut id pada `people`, tempat nama dan NIP-nya tertulis. Tambahkan orangnya di sana, atau perbaiki id yang keliru.",
             "Holders and those who are away are named by their ids in `people`, where name and NIP are written. Add the person there, or correct the id."
        bad r#""people": [{ "id": "damar", … }], "holders": [{ "post": "karo", "person": "dmar" }]"# good r#""people": [{ "id": "damar", … }], "holders": [{ "post": "karo", "person": "damar" }]"#;
    723 TENURE_REVERSED Error
        "masa jabatan berakhir ({until}) sebelum dimulai ({from})", "the tenure ends ({until}) before it begins ({from})"
        help "mungkin kedua tanggal tertukar", "perhaps the dates were swapped"
        page "`from` adalah hari pertama dan `until` hari terakhir, keduanya termasuk. Masa yang terbalik tidak berlaku pada hari apa pun. Tukar kedua tanggal, atau perbaiki tahunnya.",
             "`from` is the first day and `until` the last one, both included. A reversed tenure covers no day at all. Swap the dates, or correct the year."
        bad r#""from": "2026-02-13", "until": "2026-02-09""# good r#""from": "2026-02-09", "until": "2026-02-13""#;
    724 ABSENCE_REVERSED Error
        "masa berhalangan berakhir ({until}) sebelum dimulai ({from})", "the absence ends ({until}) before it begins ({from})"
        help "mungkin kedua tanggal tertukar", "perhaps the dates were swapped"
        page "`from` adalah hari pertama berhalangan dan `until` hari terakhirnya, keduanya termasuk. Masa yang terbalik tidak berlaku pada hari apa pun, dan Plh-nya tampak tanpa dasar. Tukar kedua tanggal, atau perbaiki tahunnya.",
             "`from` is the first day of the absence and `until` the last one, both included. A reversed absence covers no day at all, and the Plh seems to have no ground. Swap the dates, or correct the year."
        bad r#"{ "person": "damar", "from": "2026-12-30", "until": "2026-01-02" }"# good r#"{ "person": "damar", "from": "2026-12-30", "until": "2027-01-02" }"#;
    725 ACTING_WITHOUT_MANDATE Error
        "`{person}` bertindak sebagai Plh/Plt tanpa surat perintah", "`{person}` acts as Plh/Plt without a mandate"
        help "tulis nomor surat perintahnya pada `mandate`", "write the number of the order in `mandate`"
        page "Plh dan Plt memperoleh wewenang dari mandat (UU 30/2014 pasal 14). Nomor surat perintah itu tercatat pada setiap tindakannya, supaya kemudian jelas atas dasar apa ia bertindak.",
             "Plh and Plt get their authority from a mandate (UU 30/2014 art. 14). The number of the order is recorded with everything they do, so that it is clear later on what ground they acted."
        bad r#"{ "post": "karo", "person": "tirta", "as": "plh", … }"# good r#"{ "post": "karo", "person": "tirta", "as": "plh", "mandate": "Surat Perintah Nomor 800.1.11.1/014/SETDA/2026", … }"#;
    726 PLH_TOO_LONG Error
        "masa Plh {days} hari, lebih dari tiga bulan", "{days} days as Plh are more than three months"
        help "periksa tanggalnya menurut surat perintah; bila jabatannya ternyata kosong, tulis sebagai `plt`", "see what dates the order gives; if the post is in fact vacant, write `plt`"
        page "Plh menjalankan tugas rutin pejabat yang berhalangan sementara (UU 30/2014 pasal 14). Satu masa Plh di sini paling lama tiga bulan; yang lebih lama biasanya salah tulis, atau jabatannya sebenarnya sudah kosong dan diisi Plt. Salin tanggalnya dari surat perintah.",
             "A Plh does the routine work of an official who is away for a while (UU 30/2014 art. 14). One tenure of a Plh has three months here at most; a longer one is mostly a slip, or the post is in fact vacant and has a Plt. Copy the dates from the order."
        bad r#""as": "plh", "from": "2026-01-05", "until": "2026-12-31""# good r#""as": "plh", "from": "2026-01-05", "until": "2026-03-31""#;
    727 PLT_TOO_LONG Error
        "masa Plt {days} hari, lebih dari satu tahun", "{days} days as Plt are more than a year"
        help "periksa tanggalnya menurut surat perintah, atau tulis pejabat definitifnya", "see what dates the order gives, or enter the definitive holder"
        page "Plt menjalankan tugas rutin jabatan yang kosong sampai ada pejabat definitif (UU 30/2014 pasal 14). Satu masa Plt di sini paling lama satu tahun; yang lebih lama biasanya salah tulis. Salin tanggalnya dari surat perintah.",
             "A Plt does the routine work of a vacant post until it has a definitive holder (UU 30/2014 art. 14). One tenure of a Plt has a year here at most; a longer one is mostly a slip. Copy the dates from the order."
        bad r#""as": "plt", "from": "2025-10-01", "until": "2027-09-30""# good r#""as": "plt", "from": "2025-10-01", "until": "2026-09-30""#;
    728 PLH_WITHOUT_ABSENCE Warning
        "`{person}` menjadi Plh `{post}`, tetapi pejabatnya tidak tercatat berhalangan", "`{person}` is Plh of `{post}`, but its holder isn't recorded as away"
        help "catat ketidakhadiran pejabat itu pada `absences`, untuk masa yang sama", "enter the absence of the holder in `absences`, for the same time"
        page "Plh ada karena pejabat definitif berhalangan. Tanpa catatan ketidakhadiran yang mencakup masanya, keduanya dianggap dapat bertindak bersamaan. Catat ketidakhadirannya, atau sesuaikan tanggalnya.",
             "There is a Plh because the definitive holder is away. Without an absence that covers the time, both count as able to act at once. Enter the absence, or adjust the dates."
        bad r#""absences": []"# good r#""absences": [{ "person": "damar", "from": "2026-02-09", "until": "2026-02-13" }]"#;
    729 PLT_BESIDE_HOLDER Error
        "ada Plt bagi `{post}`, padahal `{holder}` memegangnya secara definitif pada masa yang sama", "there is a Plt for `{post}`, though `{holder}` is its definitive holder at the same time"
        help "pakai `plh` bila pejabatnya berhalangan, atau akhiri masa jabatannya dengan `until`", "use `plh` if the holder is away, or end the holder's tenure by `until`"
        page "Plt hanya mengisi jabatan yang kosong. Selama ada pejabat definitif, yang menggantikannya adalah Plh. Periksa kedudukannya, atau tulis hari terakhir pejabat yang lama.",
             "A Plt fills a vacant post only. As long as there is a definitive holder, whoever stands in is a Plh. See which of the two it is, or write the last day of the former holder."
        bad r#"{ "post": "karo", "person": "damar" }, { "post": "karo", "person": "tirta", "as": "plt", "from": "2026-03-01", … }"# good r#"{ "post": "karo", "person": "damar", "until": "2026-02-28" }, { "post": "karo", "person": "tirta", "as": "plt", "from": "2026-03-01", … }"#;
    730 ACTING_WITHOUT_END Error
        "masa Plh/Plt `{person}` memerlukan `from` dan `until`", "the time of `{person}` as Plh/Plt needs `from` and `until`"
        help "tulis hari pertama dan hari terakhir menurut surat perintah", "write the first and the last day that the order gives"
        page "Plh dan Plt bertindak untuk sementara, berdasarkan mandat (UU 30/2014 pasal 14), jadi masanya selalu punya awal dan akhir. Di sini Plh paling lama tiga bulan dan Plt satu tahun. Salin kedua tanggal dari surat perintah.",
             "Plh and Plt act for a while, by a mandate (UU 30/2014 art. 14), so their time always has a beginning and an end. Here a Plh has three months at most and a Plt a year. Copy both dates from the order."
        bad r#"{ "post": "karo", "person": "tirta", "as": "plh", "from": "2026-02-09", … }"# good r#"{ "post": "karo", "person": "tirta", "as": "plh", "from": "2026-02-09", "until": "2026-02-13", … }"#;
    731 DIRECTORY_UNKNOWN_UNIT Warning
        "tidak ada unit atau pilihan `{for}`", "there is no unit or choice `{for}`"
        help "perbaiki id-nya menurut `units` di berkas kantor, atau `choices` isiannya", "correct the id by `units` of the office file, or by the `choices` of the field"
        page "`for` menyebut unit kerja atau pilihan yang dipegang seseorang, misalnya bagiannya. Nilai yang tidak dikenal tidak akan pernah terpilih, sehingga orangnya tidak menerima tugas.",
             "`for` names the unit or choice that somebody holds the post for, such as the division. A value that isn't known is never picked, so the person would get no tasks."
        bad r#"{ "post": "kabag", "for": "tata_laksana", "person": "tirta" }"# good r#"{ "post": "kabag", "for": "tatalaksana", "person": "tirta" }"#;
    732 NOBODY_IN_ROLE Warning
        "tidak ada yang memegang peran `{role}` pada {date}", "nobody holds the role `{role}` on {date}"
        help "tulis pejabat, Plh, atau Plt untuk masa itu", "enter a holder, a Plh or a Plt for that time"
        page "Pada tanggal itu tugas peran ini tidak sampai kepada siapa pun, dan baru bergerak setelah eskalasi. Periksa apakah pejabatnya sudah berakhir masanya, sedang berhalangan, atau belum dicatat penggantinya.",
             "On that date the tasks of the role reach no one, and nothing moves before they are escalated. See whether the holder's tenure has ended, the holder is away, or the successor isn't entered yet."
        bad r#"{ "post": "karo", "person": "damar", "until": "2026-06-30" }"# good r#"{ "post": "karo", "person": "damar", "until": "2026-06-30" }, { "post": "karo", "person": "serindang", "from": "2026-07-01" }"#;
    733 MANDATE_OF_HOLDER Warning
        "`{person}` pejabat definitif; `mandate` dan `decides` hanya bagi Plh/Plt", "`{person}` is the definitive holder; `mandate` and `decides` are for Plh/Plt only"
        help "hapus keduanya, atau tulis `as`: \"plh\" atau \"plt\"", "remove both, or write `as`: \"plh\" or \"plt\""
        page "Pejabat definitif berwenang karena jabatannya dan boleh mengambil keputusan strategis tanpa mandat. Kunci ini tidak mengubah apa pun baginya. Bila ia sebenarnya Plh atau Plt, tulis kedudukannya pada `as`.",
             "A definitive holder has authority by the post, and may take strategic decisions without a mandate. For them the keys change nothing. If the person is in fact a Plh or Plt, say so in `as`."
        bad r#"{ "post": "karo", "person": "damar", "decides": true }"# good r#"{ "post": "karo", "person": "damar" }"#;
    741 CALENDAR_PROBLEM Error
        "kalender tidak dapat dipakai: {reason}", "the calendar can't be used: {reason}"
        help "perbaiki berkas kalender pada tempat yang ditunjuk", "mend the calendar file at the place that is marked"
        page "Kalender memuat jam kerja beserta masa berlakunya, hari libur, dan sumber hukumnya. Bila ada yang bertentangan atau kosong, jatuh tempo tidak dapat dihitung dengan pasti, maka berkasnya ditolak seluruhnya. Perbaiki pada tempat yang ditunjuk.",
             "The calendar has the hours of work with their dates, the holidays, and where they come from. If something in it is contradictory or missing, no due date can be calculated with certainty, so the file is refused as a whole. Mend it at the place that is marked."
        bad r#""open": [["07:30", "12:00"], ["11:30", "16:00"]]"# good r#""open": [["07:30", "12:00"], ["13:00", "16:00"]]"#;
}
