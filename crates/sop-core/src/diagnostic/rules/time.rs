//! `SOP05xx`: returns, time, ladders.

use crate::diagnostic::registry::rule_table;

rule_table! {
    501 RETURN_NOT_BACK Error
        "`return_to` menunjuk `{step}`, padahal dari sana langkah ini tidak dapat dicapai", "`return_to` names `{step}`, from which this step can't be reached"
        help "pakai `next` bila jalannya maju", "use `next` if the way leads forward"
        page "Pengembalian menuju langkah yang sudah dilewati: dari sana, tanpa pengembalian lain, pekerjaan harus dapat sampai lagi ke sini. Bila tidak, ini bukan pengembalian. Tulis `next`, atau sebut langkah yang benar.",
             "A return goes to a step that was passed: from there the work must be able to come here again, without other returns. Otherwise it is no return. Write `next`, or name the right step."
        bad r#"{ "id": "tidak", "return_to": "arsipkan" }"# good r#"{ "id": "tidak", "return_to": "buat_balasan" }"#;
    502 RETURN_ACROSS_JOIN Error
        "pengembalian ini melintasi penggabungan `{step}`, sedangkan salah satu cabangnya tidak ikut dikembalikan", "the return crosses the join `{step}`, one of whose branches it doesn't take back"
        help "kembalikan ke langkah sebelum percabangan, atau ke langkah sesudah penggabungan", "return to a step before the branches part, or to one after the join"
        page "Setelah pengembalian, penggabungan itu menunggu semua cabangnya lagi. Cabang yang tidak ikut dikembalikan tidak akan dikerjakan ulang, sehingga penggabungan menunggu selamanya. Kembalikan ke langkah yang membuka semua cabang.",
             "After the return the join waits for all its branches again. A branch that isn't taken back isn't done again, so the join waits for ever. Return to the step that opens all the branches."
        bad r#"{ "id": "tidak", "return_to": "telaah" }"# good r#"{ "id": "tidak", "return_to": "bagi_tugas" }"#;
    503 LIMIT_ZERO Error
        "batas pengembalian sedikitnya 1", "the limit of a return is at least 1"
        help "tulis 1 atau lebih", "write 1 or more"
        page "Batas menghitung pengembalian yang diperbolehkan. Nol berarti panah yang disahkan tidak boleh dipakai, dan itu mengubah naskah. Tulis sedikitnya 1; bila tidak boleh kembali, naskahnya yang harus direvisi.",
             "The limit counts the returns that are allowed. Zero would forbid an arrow that was signed, which changes the document. Write at least 1; if nothing may be returned, it is the document that has to be revised."
        bad r#""returns": { "limit": 0, "then": { "end": "dihentikan" } }"# good r#""returns": { "limit": 3, "then": { "end": "dihentikan" } }"#;
    504 LIMIT_WITHOUT_RETURN Error
        "keputusan `{outcome}` tidak mengembalikan apa pun, jadi tidak ada yang dibatasi", "the outcome `{outcome}` returns nothing, so there is nothing to limit"
        help "hapus batas ini, atau sebut keputusan yang mengembalikan", "remove the limit, or name the outcome that returns"
        page "Batas pengembalian berlaku bagi keputusan yang jalannya `return_to`. Keputusan ini maju atau berakhir, sehingga batasnya tidak pernah dipakai. Biasanya yang dimaksud keputusan lain dari langkah yang sama.",
             "The limit of a return belongs to an outcome whose way is `return_to`. This outcome goes on or ends, so the limit is never used. Mostly another outcome of the same step was meant."
        bad r#""returns": { "setuju": { "limit": 3, "then": { "end": "dihentikan" } } }"# good r#""returns": { "tidak": { "limit": 3, "then": { "end": "dihentikan" } } }"#;
    505 THEN_ON_JOIN Error
        "`then` menunjuk `{step}`, padahal langkah itu menunggu langkah lain", "`then` names `{step}`, which waits for other steps"
        help "tunjuk langkah tanpa `join`, atau sebuah akhir", "name a step without a `join`, or an end"
        page "Sesudah batas pengembalian habis, kasus langsung menuju tujuan `then`. Langkah dengan `join` baru aktif setelah semua sumbernya tiba, sehingga tidak dapat menjadi tujuan. Tunjuk langkah lain atau sebuah akhir.",
             "Once the returns are used up the case goes straight to what `then` names. A step with a `join` is activated only when all its sources have arrived, so it can't be named there. Name another step or an end."
        bad r#""then": { "next": "gabung" }"# good r#""then": { "next": "putuskan_pimpinan" }"#;
    506 THEN_COMES_BACK Error
        "dari `{step}` pengembalian ini masih dapat dicapai lagi", "from `{step}` this return can be reached again"
        help "tunjuk sebuah akhir, atau langkah yang tidak menuju ke sini lagi", "name an end, or a step that doesn't lead here again"
        page "`then` harus mengakhiri putaran. Bila dari langkah yang ditunjuknya pekerjaan dapat sampai lagi ke pengembalian yang sama, batasnya tidak membatasi apa pun. Tunjuk akhir, atau langkah yang tidak kembali ke sini dengan cara apa pun.",
             "`then` has to end the round. If the work can come to the same return again from the step that it names, the limit limits nothing. Name an end, or a step from which no way leads here."
        bad r#""then": { "next": "buat_balasan" }"# good r#""then": { "end": "dihentikan" }"#;
    507 CANNOT_CLOSE Error
        "keputusan ini tidak dapat ditutup: tidak ada keputusan lain di sampingnya, atau jalannya dipilih syarat", "this can't be closed: there is no other outcome beside it, or a guard chooses the way"
        help "pakai `then` dengan `end` atau `next`", "use `then` with `end` or `next`"
        page "Menutup berarti orang tidak dapat lagi memilih keputusan yang mengembalikan. Itu hanya masuk akal bila keputusan itu dipilih orang dan masih ada keputusan lain. Untuk pengembalian yang dipilih syarat, atau yang menjadi satu-satunya jalan, tentukan akhir atau langkah berikutnya.",
             "Closing means that people can no longer pick the outcome that returns. That makes sense only where people pick it, and where there are others. For a return that a guard chooses, or that is the only way, say where to end or go on."
        bad r#""returns": { "limit": 3, "then": { "closed": "outcome" } }"# good r#""returns": { "limit": 3, "then": { "end": "dihentikan" } }"#;
    508 RUNG_ON_CLOSING Error
        "tangga keterlambatan langkah `{step}` memilih keputusan yang dapat tertutup", "the ladder of the step `{step}` takes an outcome that may be closed"
        help "pilih keputusan lain pada tangga, atau pakai `then` dengan `end` atau `next`", "take another outcome in the ladder, or use `then` with `end` or `next`"
        page "Sesudah batasnya habis, keputusan yang mengembalikan tertutup; anak tangga yang memilihnya lalu tidak dapat berbuat apa pun, dan tugas itu diam. Pilih keputusan lain, atau biarkan pengembalian berakhir dengan cara lain.",
             "Once its limit is used up the outcome that returns is closed; a rung that takes it could do nothing, and the wait would stand still. Take another outcome, or let the return end in another way."
        bad r#""overdue": [{ "after": "2 hari", "outcome": "tidak" }], "returns": { "tidak": { "limit": 2, "then": { "closed": "outcome" } } }"# good r#""overdue": [{ "after": "2 hari", "outcome": "tidak" }], "returns": { "tidak": { "limit": 2, "then": { "end": "dihentikan" } } }"#;
    520 UNREADABLE_TIME Error
        "waktu `{text}` tidak dapat dibaca: {reason}", "the time `{text}` can't be read: {reason}"
        help "tulis seperti \"5 menit\", \"1 - 2 hari\", atau \"1 x 24 jam\"", "write it like \"5 menit\", \"1 - 2 hari\" or \"1 x 24 jam\""
        page "Waktu ditulis dengan angka dan satuan: menit, jam, hari, minggu, bulan. Rentang, perkiraan (±), dan laju (menit/berkas) juga dibaca; \"Segera\" dan \"-\" berarti tanpa batas waktu. Tulisan naskah tidak perlu diubah selama dapat dibaca; bila memang cacat, catat pada `notes`.",
             "A time is written as a number and a unit: menit, jam, hari, minggu, bulan. Ranges, estimates (±) and rates (menit/berkas) are read as well; \"Segera\" and \"-\" give no time. What the document says needn't be changed as long as it can be read; if it is defective, say so in `notes`."
        bad r#""time": "5 mnt""# good r#""time": "5 menit""#;
    521 TIME_TOO_LARGE Error
        "waktu `{text}` di luar batas: {reason}", "the time `{text}` is out of bounds: {reason}"
        help "periksa angka dan satuannya", "see whether number and unit are right"
        page "Waktu ini lebih lama daripada yang dapat dihitung. Biasanya satuannya keliru, atau angkanya kelebihan nol.",
             "The time is longer than anything that is calculated with. Mostly the unit is wrong, or the number has zeros too many."
        bad r#""time": "50000 bulan""# good r#""time": "5 bulan""#;
    522 TIME_ZERO Error
        "waktu nol tidak berlaku di sini", "a time of zero means nothing here"
        help "tulis waktu yang lebih dari nol; pada kolom Waktu, \"-\" berarti tanpa batas", "write a time above zero; in the column Waktu \"-\" means no limit"
        page "Batas waktu nol tidak dapat dipenuhi siapa pun, dan pengulangan setiap nol menit tidak ada artinya. Langkah yang tidak diberi waktu ditulis \"-\" atau dikosongkan; hanya `after` pada tangga keterlambatan boleh nol, artinya tepat saat jatuh tempo.",
             "Nobody can keep a limit of nothing, and what repeats every zero minutes means nothing. A step that is given no time is written \"-\" or left empty; only `after` in a ladder may be zero, which is the moment when the wait is due."
        bad r#""within": "0 menit""# good r#""within": "1 hari""#;
    523 TIME_WITHOUT_DURATION Error
        "`{text}` tidak menyebut lamanya", "`{text}` says no duration"
        help "tulis lamanya, misalnya \"1 hari\"", "write how long, for instance \"1 hari\""
        page "Pada naskah, \"Segera\", \"-\", laju, atau \"Triwulan\" boleh berdiri di kolom Waktu: langkah itu lalu tanpa batas waktu. Kebijakan dan tangga keterlambatan justru menetapkan batas, jadi di sini lamanya harus disebut.",
             "In the document 'Segera', '-', a rate or 'Triwulan' may stand in the column Waktu: the step then has no limit. Policy and ladders are what sets limits, so how long has to be said here."
        bad r#""within": "Segera""# good r#""within": "1 hari""#;
    524 OWN_TIME_ON_SHARED_CLOCK Error
        "langkah ini berbagi Waktu barisnya, jadi tidak dapat punya waktu sendiri", "the step shares the time of its row, so it can't have one of its own"
        help "hapus `time` langkah ini, atau jangan satukan Waktu barisnya", "remove the `time` of the step, or don't share that of the row"
        page "Langkah-langkah dengan Waktu yang menyatu memakai satu jam bersama: yang dipakai langkah pertama mengurangi sisa bagi berikutnya. Waktu sendiri bertentangan dengan itu. Pilih salah satu menurut naskah.",
             "Steps whose times are one share one clock: what the first uses is gone for the next. A time of its own contradicts that. Choose one of the two, as the document has it."
        bad r#"{ "shared_time": true, "time": "1 hari", "steps": [{ "id": "telaah", "time": "2 jam" }] }"# good r#"{ "shared_time": true, "time": "1 hari", "steps": [{ "id": "telaah" }] }"#;
    525 REWORK_ON_SHARED_CLOCK Error
        "langkah ini berbagi Waktu barisnya, jadi `rework_time` tidak berlaku", "the step shares the time of its row, so `rework_time` means nothing"
        help "hapus `rework_time`; pengembalian mengisi ulang waktu bersama", "remove `rework_time`; a return refills the shared time"
        page "Pengembalian ke langkah yang berbagi Waktu mengisi ulang waktu bersama itu seluruhnya. Waktu perbaikan tersendiri tidak dapat diterapkan pada satu langkah saja. Hapus kuncinya.",
             "A return to a step that shares its time refills the shared time as a whole. A time for rework can't be applied to one step of it. Remove the key."
        bad r#""telaah": { "rework_time": "2 jam" }"# good r#""telaah": {}"#;
    526 WITHIN_BESIDE_TIME Error
        "naskah sudah memberi langkah ini waktu; `within` hanya untuk yang tidak punya", "the document gives this step a time already; `within` is for steps without one"
        help "hapus `within`", "remove `within`"
        page "Kebijakan tidak mengubah Waktu yang disahkan. `within` hanya melengkapi langkah yang Waktunya tidak menyebut lama, misalnya \"Segera\" atau kosong. Bila waktu di naskah tidak cocok, revisi SOP-nya.",
             "The policy doesn't change a time that was signed. `within` only completes steps whose Waktu says no duration, such as 'Segera' or nothing. If the time of the document doesn't fit, revise the SOP."
        bad r#""time": "5 menit", … "within": "1 hari""# good r#""time": "Segera", … "within": "1 hari""#;
    540 ONLY_REMINDERS_REPEAT Error
        "hanya pengingat yang dapat berulang", "only reminders can repeat"
        help "pakai `after`, atau ganti tindakannya dengan `remind`", "use `after`, or make it a `remind`"
        page "`every` mengulang sampai tugas selesai. Eskalasi, pengalihan, dan penyelesaian terjadi satu kali, jadi memakai `after`. Untuk menaikkan bertingkat, tulis beberapa anak tangga dengan `after`.",
             "`every` repeats until the wait is over. Escalating, reassigning and leaving happen once, so they take `after`. To climb by degrees, write several rungs with `after`."
        bad r#"{ "every": "1 hari", "escalate": "superior" }"# good r#"{ "after": "1 hari", "escalate": "superior" }"#;
    541 RUNG_AFTER_LEAVING Error
        "anak tangga ini tidak pernah tercapai: yang sebelumnya sudah mengakhiri tugas", "this rung is never reached: the one before it ends the wait"
        help "hapus, atau pindahkan ke sebelum `outcome` atau `end`", "remove it, or move it before the `outcome` or `end`"
        page "Setelah sebuah anak tangga memilih keputusan atau akhir, tugas itu tidak ada lagi, sehingga tidak ada yang dapat diingatkan atau dinaikkan. Tulis anak tangga yang mengakhiri sebagai yang terakhir.",
             "Once a rung has taken an outcome or an end the wait is gone, and there is nothing left to remind of or escalate. Write the rung that ends the wait as the last one."
        bad r#"[{ "after": "2 hari", "end": "dihentikan" }, { "after": "3 hari", "remind": "doer" }]"# good r#"[{ "after": "2 hari", "remind": "doer" }, { "after": "3 hari", "end": "dihentikan" }]"#;
    542 NOBODY_ACCOUNTABLE Error
        "langkah `{step}`: belum ada penanggung jawab bagi `{role}`", "step `{step}`: nobody is accountable for `{role}` yet"
        help "tulis `accountable` pada `policy.roles.{role}`, atau eskalasikan lebih dahulu", "write `accountable` in `policy.roles.{role}`, or escalate first"
        page "Pengingat ini ditujukan kepada penanggung jawab, padahal belum ada. Penanggung jawab adalah peran pada `accountable`, atau peran yang menerima eskalasi sebelumnya; ia bukan pelaksana yang ditunggu itu sendiri. Sebut penanggung jawab peran ini, atau letakkan eskalasi sebelum pengingat.",
             "The reminder is for whoever is accountable, and there is nobody yet. That is the role in `accountable`, or the one that was escalated to before; never the one who is waited for. Say who answers for the role, or put an escalation before the reminder."
        bad r#"[{ "every": "1 hari", "remind": "accountable" }]"# good r#"[{ "after": "1 hari", "escalate": "superior" }, { "every": "1 hari", "remind": "accountable" }]"#;
    543 NOBODY_ABOVE Error
        "langkah `{step}`: tidak ada atasan di atas `{role}`", "step `{step}`: there is nobody above `{role}`"
        help "beri langkah ini tangga sendiri yang berhenti lebih awal, atau sebut `superior` atau `policy.owner`", "give the step a ladder of its own that stops earlier, or name a `superior` or `policy.owner`"
        page "Tangga ini naik ke atasan, tetapi di atas peran itu tidak ada siapa pun: berkas kantor tidak menyebut atasannya, dan `policy.owner` kosong atau peran itu sendiri. Untuk pimpinan tertinggi, tulis tangga sendiri yang hanya mengingatkan; untuk yang lain, sebut atasannya.",
             "The ladder climbs to the superior, but there is nobody above that role: the office file names none, and `policy.owner` is missing or that very role. For those at the top write a ladder of its own that only reminds; for others name the superior."
        bad r#""sekda": { "overdue": [{ "after": "1 hari", "escalate": "superior" }] }"# good r#""sekda": { "overdue": [{ "every": "1 hari", "remind": "doer" }] }"#;
    544 ESCALATES_TO_DOER Error
        "langkah `{step}`: eskalasi ke `{role}`, padahal tugas itu memang miliknya", "step `{step}`: escalates to `{role}`, whose task it is anyway"
        help "eskalasikan ke peran lain, misalnya atasannya", "escalate to another role, such as the one above"
        page "Eskalasi melibatkan orang lain ketika pelaksananya diam. Peran ini sudah menjadi pelaksana langkah tersebut, sehingga tidak ada yang bertambah. Tunjuk atasannya, atau ingatkan saja dengan `remind`.",
             "Escalating brings in somebody else when the one who should act is silent. This role is the one who should act already, so nothing is gained. Name the one above, or just `remind`."
        bad r#"{ "id": "koreksi", "role": "kabag" } … { "after": "1 hari", "escalate": "kabag" }"# good r#"{ "id": "koreksi", "role": "kabag" } … { "after": "1 hari", "escalate": "karo" }"#;
    545 MIXED_MEASURES Error
        "anak tangga yang mengalihkan tugas mencampur waktu kerja dan waktu berjalan", "rungs that hand a task on mix working time and elapsed time"
        help "tulis dengan satu ukuran, misalnya `1 hari` atau `1 x 24 jam`; pengingat bebas", "write them in one measure, such as `1 hari` or `1 x 24 jam`; reminders are free"
        page "Urutan anak tangga menentukan siapa yang bertindak dan siapa yang bertanggung jawab. Waktu kerja dan waktu berjalan tidak dapat diurutkan sebelumnya: menjelang libur, `1 x 24 jam` habis lebih dahulu daripada `1 hari`. Pilih satu ukuran untuk eskalasi, pengalihan, dan jalan keluar.",
             "The order of the rungs decides who acts and who answers. Working time and elapsed time can't be put in order beforehand: before a holiday `1 x 24 jam` is over sooner than `1 hari`. Choose one measure for escalations, reassignments and ways out."
        bad r#"[{ "after": "1 hari", "escalate": "superior" }, { "after": "2 x 24 jam", "escalate": "superior" }]"# good r#"[{ "after": "1 hari", "escalate": "superior" }, { "after": "2 hari", "escalate": "superior" }]"#;
}
