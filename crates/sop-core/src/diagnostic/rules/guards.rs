//! `SOP03xx`: guards and fields.

use crate::diagnostic::registry::rule_table;

rule_table! {
    301 GUARD_SYNTAX Error
        "syarat tidak dapat dibaca: {reason}", "the guard can't be read: {reason}"
        page "Syarat membandingkan isian dengan nilai tetap: == != < <= > >= in, dirangkai dengan && (dan), || (atau), ! (bukan), dan tanda kurung. Isian ditulis dengan case. di depannya, teks dalam tanda kutip tunggal atau ganda. Perbaiki pada tempat yang ditunjuk.",
             "A guard compares fields with constants: == != < <= > >= in, joined by && (and), || (or), ! (not) and parentheses. A field is written with case. before it, a text in single or double quotes. Mend it at the place that is marked."
        bad r#""when": "nilai < 5000000 dan lengkap""# good r#""when": "case.nilai < 5000000 && case.lengkap""#;
    302 GUARD_TOO_LONG Error
        "syarat terlalu panjang: {reason}", "the guard is too long: {reason}"
        help "sederhanakan, atau jadikan hasilnya sebuah isian yang diisi langkah sebelumnya", "simplify it, or make its result a field that an earlier step sets"
        page "Syarat harus dapat dibaca orang yang mengambil keputusan. Bila perlu banyak perbandingan, mintalah pelaksana mengisi hasilnya, misalnya isian golongan dengan daftar pilihan, lalu bandingkan isian itu saja.",
             "A guard has to be readable by those who decide. Where it takes many comparisons, let somebody set the result, for instance a field with a list of classes, and compare that field alone."
        bad r#""when": "case.nilai == 1 || case.nilai == 2 || …""# good r#""when": "case.golongan == \"kecil\"""#;
    303 GUARD_UNKNOWN_FIELD Error
        "syarat keliru: {reason}", "the guard is wrong: {reason}"
        help "sebut isian yang tertulis pada `fields`, huruf demi huruf", "name a field of `fields`, letter by letter"
        page "Syarat hanya dapat membaca isian yang tercantum pada `fields`, di bagian naskah atau kebijakan. Biasanya salah ketik. Bila isiannya memang belum ada, tambahkan, lalu sebut pada `collects` langkah yang mengisinya.",
             "A guard can read only the fields that are listed in `fields`, in the signed part or the policy. It is mostly a misspelling. If the field isn't there yet, add it, and name it in the `collects` of the step that sets it."
        bad r#""fields": [{ "id": "honor", … }], "when": "case.honr > 0""# good r#""fields": [{ "id": "honor", … }], "when": "case.honor > 0""#;
    304 GUARD_CONSTANT Error
        "nilai dalam syarat keliru: {reason}", "a constant of the guard is wrong: {reason}"
        help "pakai nilai yang dapat diisikan pada isian itu", "use a value that the field can have"
        page "Nilai pembandingnya tidak mungkin menjadi isi isian itu: di luar daftar atau batasnya, terlalu panjang, atau bukan tanggal. Perbandingan seperti itu tidak pernah benar, atau selalu benar. Perbaiki nilainya, atau ubah isiannya pada `fields`.",
             "The constant can't be a value of the field: it isn't in its list or its bounds, is too long, or is no date. Such a comparison is never true, or always. Correct the constant, or change the field in `fields`."
        bad r#""when": "case.tanggal < \"31-01-2026\"""# good r#""when": "case.tanggal < \"2026-01-31\"""#;
    305 GUARD_TYPE Error
        "jenis dalam syarat tidak cocok: {reason}", "the types of the guard don't match: {reason}"
        help "bandingkan isian dengan nilai tetap dari jenis yang sama", "compare a field with a constant of the same type"
        page "Setiap perbandingan mempertemukan satu isian dengan nilai tetap yang sejenis: angka dengan angka, teks dengan teks, pilihan dengan salah satu pilihannya. Hanya angka dan tanggal yang dapat dibandingkan besar kecilnya. Isian ya/tidak dapat berdiri sendiri sebagai syarat.",
             "Each comparison is between one field and a constant of its type: number and number, text and text, a choice and one of its choices. Only numbers and dates can be greater or less. A field that is true or false may stand as a condition by itself."
        bad r#""when": "case.honor > \"lima juta\"""# good r#""when": "case.honor > 5000000""#;
    306 GUARD_READS_UNSET Error
        "syarat membaca isian yang mungkin kosong: {reason}", "the guard reads a field that may be unset: {reason}"
        help "isi isian itu di setiap jalan ke sini, atau uji dulu dengan `has(…)`", "set the field on every way here, or test it with `has(…)` first"
        page "Pada sedikitnya satu jalan ke sini, isian ini belum diisi siapa pun, sehingga syaratnya tidak dapat dijawab. Pengembalian dan anak tangga tidak mengisi apa pun. Sebut isian itu pada `collects` langkah sebelumnya, atau uji dengan has(…) dan tentukan jalannya bila kosong.",
             "On at least one way here nobody has set the field, so the guard can't be answered. Returns and rungs set nothing. Name the field in the `collects` of an earlier step, or test it with has(…) and say where to go without it."
        bad r#""when": "case.honor > 0""# good r#""when": "has(case.honor) && case.honor > 0""#;
    307 GUARD_RACE Error
        "`{field}` dapat diubah langkah `{step}` yang berjalan bersamaan", "`{field}` may be set by the step `{step}`, which runs in parallel"
        help "gabungkan dulu kedua jalan dengan `join`, atau isi `{field}` sebelum jalannya bercabang", "join the two ways first, or set `{field}` before they part"
        page "Syarat ini membaca isian yang pada saat yang sama mungkin sedang diisi orang lain di cabang sejajar. Jalannya lalu bergantung pada siapa yang lebih cepat. Pindahkan pengisian ke sebelum percabangan, atau keputusan ke sesudah penggabungan.",
             "The guard reads a field that somebody in a parallel branch may be setting at the same time. Which way is taken would depend on who is faster. Set the field before the ways part, or decide after they join."
        bad r#""split": ["hitung_biaya", "tetapkan_jalur"]"# good r#"{ "id": "hitung_biaya", "collects": ["biaya"], "next": "tetapkan_jalur" }"#;
    308 TOO_MANY_PARALLEL Error
        "jalan sejajar terlalu banyak untuk memeriksa syarat: batasnya {limit}", "too many parallel stretches to check the guards: the limit is {limit}"
        help "isi isian sebelum jalannya bercabang, atau bagi menjadi beberapa SOP", "set the field before the ways part, or divide it into several SOPs"
        page "Syarat tidak boleh membaca isian yang sedang diisi langkah lain yang berjalan bersamaan. Untuk memeriksanya, setiap ruas jalan dibandingkan dengan setiap ruas lain yang sejajar; pada jumlah ini pemeriksaan tidak lagi selesai dengan cepat. SOP kantor tidak pernah sebesar itu: biasanya berkas ini dibuat program yang keliru.",
             "A guard may not read a field that another step sets at the same time. To check this, each stretch of the flow is compared with each that runs in parallel to it; with so many the check would no longer be quick. No SOP of an office is that large: mostly a program wrote the file wrongly."
        bad r#""split": [ … 9.000 langkah … ]"# good r#""split": ["hitung_biaya", "tetapkan_jalur"]"#;
    320 TOO_MANY_FIELDS Error
        "terlalu banyak isian: batasnya {limit}", "too many fields: the limit is {limit}"
        help "hapus isian yang tidak dibaca syarat mana pun", "remove the fields that no guard reads"
        page "Isian adalah nilai yang dibaca syarat atau menentukan pelaksana, bukan seluruh isi formulir. Rincian lain tetap pada berkas dan aplikasi asalnya. Kurangi daftarnya; biasanya berkas ini dibuat program yang keliru.",
             "Fields are values that guards read or that tell who acts, not everything on a form. Other details stay in the papers and the application they come from. Shorten the list; mostly a program wrote the file wrongly."
        bad r#""fields": [ … 70.000 isian … ]"# good r#""fields": [{ "id": "honor", "title": "Honor", "type": "integer" }]"#;
    321 KEY_OF_ANOTHER_TYPE Error
        "`{key}` tidak berlaku bagi isian berjenis `{type}`", "`{key}` means nothing for a field of the type `{type}`"
        help "hapus `{key}`, atau perbaiki jenisnya", "remove `{key}`, or correct the type"
        page "min dan max hanya untuk integer dan decimal, scale untuk decimal, choices untuk choice, max_length untuk text. Kunci yang tidak berlaku tidak diabaikan, sebab penulisnya mengira ia membatasi sesuatu.",
             "min and max are for integer and decimal only, scale for decimal, choices for choice, max_length for text. A key that doesn't apply isn't ignored, since its author believes that it limits something."
        bad r#"{ "id": "judul", "title": "Judul", "type": "text", "max": 100 }"# good r#"{ "id": "judul", "title": "Judul", "type": "text", "max_length": 100 }"#;
    322 FIELD_RANGE Error
        "`min` ({min}) lebih besar dari `max` ({max})", "`min` ({min}) is greater than `max` ({max})"
        help "mungkin keduanya tertukar", "perhaps they were swapped"
        page "Dengan batas seperti ini tidak ada nilai yang dapat diisikan, sehingga langkah yang memintanya tidak dapat diselesaikan. Tukar kedua batas, atau perbaiki angka yang keliru.",
             "With these bounds no value can be given, so a step that asks for it can't be completed. Swap the two, or correct the wrong number."
        bad r#""min": 100, "max": 1"# good r#""min": 1, "max": 100"#;
    323 FIELD_SCALE Error
        "`scale` paling besar 6, bukan {scale}", "`scale` is 6 at most, not {scale}"
        help "untuk rupiah tanpa sen, pakai jenis `integer`", "for whole rupiah use the type `integer`"
        page "Bilangan desimal disimpan persis, dengan banyak angka tetap di belakang koma: paling banyak enam. Uang cukup dua, atau `integer` bila tanpa sen.",
             "Decimal numbers are kept exactly, with a fixed count of digits after the point: six at most. Two are enough for money, or an `integer` without any."
        bad r#""type": "decimal", "scale": 10"# good r#""type": "decimal", "scale": 2"#;
    324 OFFICE_WITHOUT_UNITS Error
        "isian ini berjenis unit kerja, tetapi berkas kantor tidak memuat unit", "the field is a unit, but the office file lists none"
        help "tulis unit kerja pada `units` di berkas kantor", "list the units in `units` of the office file"
        page "Isian berjenis `unit` memilih salah satu unit kerja dari berkas kantor. Daftar di sana kosong, sehingga tidak ada yang dapat dipilih. Tulis unitnya di berkas kantor, atau pakai jenis `choice` dengan daftar sendiri.",
             "A field of the type `unit` picks one of the units of the office file. The list there is empty, so nothing can be picked. Write the units into the office file, or use the type `choice` with a list of its own."
        bad r#""units": []"# good r#""units": [{ "id": "tatalaksana", "title": "Bagian Tata Laksana" }]"#;
}
