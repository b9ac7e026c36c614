//! `SOP02xx`: structure and references.

use crate::diagnostic::registry::rule_table;

rule_table! {
    201 DUPLICATE_ID Error
        "id `{id}` sudah dipakai", "the id `{id}` is already taken"
        help "beri id lain, lalu sesuaikan rujukan kepadanya", "give it another id, and adjust what refers to it"
        page "Setiap id hanya boleh dipakai satu kali dalam jenisnya: rujukan kepadanya harus menunjuk tepat satu hal. Yang kedua biasanya hasil salin-tempel. Beri id lain dan periksa rujukan mana yang dimaksud.",
             "An id stands for one thing of its kind: what refers to it has to mean exactly one. The second is mostly left from copying. Give it another id, and see which references mean which."
        bad r#""steps": [{ "id": "periksa" }, { "id": "periksa" }]"# good r#""steps": [{ "id": "periksa" }, { "id": "periksa_ulang" }]"#;
    203 DANGLING_REFERENCE Error
        "`{key}` menunjuk {kind} yang tidak ada: `{id}`", "`{key}` names a {kind} that does not exist: `{id}`"
        page "Sebuah rujukan harus menyebut id yang ada di berkas ini, huruf demi huruf. Biasanya salah ketik, atau yang dirujuk sudah diganti namanya. Akibatnya, misalnya langkah yang tidak tercapai, baru diperiksa setelah rujukan ini benar.",
             "A reference has to name an id of this file, letter by letter. It is mostly a misspelling, or what it named got another name. What follows from it, such as a step that isn't reached, is checked once the reference is right."
        bad r#""next": "koreksi_kabg""# good r#""next": "koreksi_kabag""#;
    204 RESERVED_ID Error
        "`{id}` tidak boleh menjadi id peran: kata itu sudah punya arti sendiri", "`{id}` can't be the id of a role: the word has a meaning of its own"
        help "beri nama lain, misalnya menurut jabatannya, lalu sesuaikan rujukan kepadanya", "give it another name, for instance that of the post, and adjust what refers to it"
        page "Pada tangga keterlambatan, `doer` berarti pelaksana tugas, `accountable` penanggung jawabnya, dan `superior` atasannya. Peran yang bernama sama tidak dapat dibedakan dari arti itu. Ganti id peran beserta semua rujukan kepadanya; judul kolomnya boleh tetap.",
             "In an overdue ladder `doer` is whoever has to act, `accountable` whoever answers for it, and `superior` the one above. A role of the same name can't be told from these. Change the id of the role and what refers to it; the heading of its column may stay."
        bad r#""roles": [{ "id": "superior", "title": "Atasan" }]"# good r#""roles": [{ "id": "kabag", "title": "Atasan" }]"#;
    205 NOTHING_LISTED Error
        "daftar `{key}` kosong", "the list `{key}` is empty"
        help "isi sedikitnya satu", "give at least one"
        page "Daftar ini harus berisi: tanpa baris tidak ada pekerjaan, tanpa awal tidak ada kasus yang dapat dibuka, tanpa pelaksana tidak ada yang bertindak, tanpa cabang tidak ada jalan. Isi sedikitnya satu, atau hapus kuncinya bila memang tidak diperlukan.",
             "This list has to hold something: without rows there is no work, without starts no case can be opened, without roles nobody acts, without branches there is no way on. Give at least one, or remove the key if it isn't needed."
        bad r#""starts": [{ "id": "surat_masuk", "opens": [] }]"# good r#""starts": [{ "id": "surat_masuk", "opens": ["ajukan"] }]"#;
    206 STEP_TWICE Error
        "langkah `{step}` disebut dua kali", "the step `{step}` is named twice"
        help "hapus salah satu", "remove one of the two"
        page "Langkah-langkah yang diaktifkan bersama-sama harus berlainan, sebab satu langkah tidak dapat aktif dua kali pada saat yang sama. Hapus salah satunya, atau periksa langkah mana yang sebenarnya dimaksud.",
             "Steps that are activated together have to differ, since a step can't be active twice at the same time. Remove one of the two, or see which step was meant."
        bad r#""split": ["telaah", "telaah"]"# good r#""split": ["telaah", "hitung_biaya"]"#;
    207 SOURCE_TWICE Error
        "`{step}` disebut dua kali dalam `join`", "`{step}` is named twice in the `join`"
        help "sebut setiap sumber satu kali; sumber yang saling menggantikan ditulis dalam satu kelompok", "name each source once; sources that stand in for one another go into one group"
        page "Pada penggabungan, setiap sumber mengisi tepat satu tempat. Bila satu langkah disebut dua kali, tidak jelas tempat mana yang diisinya, dan penggabungan dapat menunggu selamanya. Sebut setiap sumber satu kali.",
             "In a join each source fills exactly one slot. If a step is named twice it isn't clear which slot it fills, and the join may wait for ever. Name each source once."
        bad r#""join": { "all": [["telaah"], ["telaah", "hitung"]] }"# good r#""join": { "all": [["telaah"], ["hitung"]] }"#;
    208 TOO_MANY_STEPS Error
        "terlalu banyak langkah: {count}, batasnya {limit}", "too many steps: {count}, the limit is {limit}"
        help "bagi menjadi beberapa SOP", "divide it into several SOPs"
        page "Sebuah definisi boleh memuat sampai dua puluh ribu langkah, atau satu juta bila tidak ada pengembalian, jauh lebih banyak daripada SOP mana pun. Biasanya berkas ini dibuat program yang keliru. Periksa asalnya, atau bagi menjadi beberapa SOP yang saling merujuk.",
             "A definition may have up to twenty thousand steps, or a million where nothing goes back, far more than any SOP has. Mostly a program wrote the file wrongly. See where it came from, or divide it into several SOPs that refer to one another."
        bad r#""rows": [ … 25.000 baris … ]"# good r#""rows": [ … 13 baris … ]"#;
    209 NO_WAY_OUT Error
        "langkah `{step}` tidak punya jalan keluar", "the step `{step}` has no way out"
        help "tulis sedikitnya satu keputusan, atau `next` bila tidak ada yang diputuskan", "give at least one outcome, or `next` where nothing is decided"
        page "Daftar keputusan langkah ini kosong, sehingga tugasnya tidak dapat diselesaikan dan kasus berhenti di sini. Tulis keputusan yang dapat dipilih, masing-masing dengan tujuannya; bila tidak ada yang diputuskan, cukup satu kunci `next` atau `end`.",
             "The list of outcomes of the step is empty, so it can't be completed and the case stops here. Give the outcomes that can be picked, each with where it leads; where nothing is decided, one key `next` or `end` is enough."
        bad r#"{ "id": "periksa", "role": "tu", "outcomes": [] }"# good r#"{ "id": "periksa", "role": "tu", "next": "teruskan" }"#;
    210 EDITION_ZERO Error
        "edisi dihitung mulai dari 1, bukan 0", "editions are counted from 1, not from 0"
        help "tulis 1 untuk edisi pertama", "write 1 for the first edition"
        page "Nomor edisi membedakan SOP yang baru dari yang digantikannya: kasus tetap pada edisi saat ia dimulai. Edisi pertama bernomor 1, dan setiap perubahan yang disahkan menaikkannya satu.",
             "The edition tells a new SOP from the one that it replaces: a case stays with the edition that it began with. The first is 1, and each change that is signed adds one."
        bad r#""edition": 0"# good r#""edition": 1"#;
    211 FOREIGN_SCHEMA Warning
        "`$schema` menunjuk `{found}`, bukan `{expected}`", "`$schema` names `{found}`, not `{expected}`"
        help "tunjuk skema yang sesuai, atau hapus kunci ini", "name the right schema, or remove the key"
        page "Penyunting teks memakai `$schema` untuk melengkapi dan memeriksa isian. Skema yang keliru membuatnya menyarankan kunci dari format lain. Program ini sendiri tidak membacanya. Tunjuk skema yang sesuai dengan jenis berkas.",
             "Editors use `$schema` to complete and check what is written. With the wrong one they suggest the keys of another format. This program itself doesn't read it. Name the schema that belongs to this type of file."
        bad r#""$schema": "schema/office.schema.json""# good r#""$schema": "schema/sop.schema.json""#;
    212 START_ON_JOIN Error
        "awal ini membuka `{step}`, padahal langkah itu menunggu langkah lain", "the start opens `{step}`, which waits for other steps"
        help "buka langkah sebelum penggabungan", "open the steps before the join"
        page "Langkah dengan `join` baru aktif setelah semua sumbernya tiba. Awal yang langsung membukanya melewati syarat itu. Buka langkah-langkah sebelum penggabungan, atau hapus `join` bila tidak ada yang ditunggu.",
             "A step with a `join` is activated once all its sources have arrived. A start that opens it passes that by. Open the steps before the join, or remove the `join` if nothing is waited for."
        bad r#""starts": [{ "id": "awal", "opens": ["gabung"] }]"# good r#""starts": [{ "id": "awal", "opens": ["telaah", "hitung"] }]"#;
    213 JOIN_SOURCE_MISSING Error
        "panah dari `{step}` tidak disebut dalam `join` langkah ini", "the arrow from `{step}` is not named in the `join` of this step"
        help "tambahkan `{step}` dalam kelompok tersendiri, atau dalam kelompok yang digantikannya", "add `{step}` as a group of its own, or to the group that it stands in for"
        page "Penggabungan menyebut setiap langkah yang panahnya menuju ke sini, sebab dari situlah diketahui apa yang ditunggu. Panah yang tidak disebut tidak mengisi tempat mana pun. Tambahkan langkah itu: dalam kelompok sendiri bila ia wajib tiba, dalam kelompok lain bila ia penggantinya.",
             "A join names each step whose arrow leads here, since that tells what is waited for. An arrow that isn't named fills no slot. Add the step: as a group of its own if it has to arrive, in another group if it stands in for that one."
        bad r#""join": { "all": [["telaah"]] }"# good r#""join": { "all": [["telaah"], ["hitung"]] }"#;
    214 JOIN_SOURCE_ASTRAY Error
        "`join` menunggu `{step}`, padahal tidak ada panah dari sana ke langkah ini", "the `join` waits for `{step}`, from which no arrow leads to this step"
        help "hapus `{step}` dari `join`, atau arahkan panahnya ke langkah ini", "remove `{step}` from the `join`, or lead its arrow to this step"
        page "Penggabungan menunggu sumber yang tidak akan pernah tiba, sehingga langkah ini tidak akan aktif. Panah kembali (`return_to`) tidak mengisi penggabungan. Hapus sumber itu, atau arahkan `next` atau `split`-nya ke langkah ini.",
             "The join waits for a source that never arrives, so the step is never activated. A return (`return_to`) fills no join. Remove the source, or lead its `next` or `split` to this step."
        bad r#""join": { "all": [["telaah"], ["arsip"]] }"# good r#""join": { "all": [["telaah"], ["hitung"]] }"#;
    220 UNREACHED_STEP Warning
        "langkah `{step}` (baris {row}) tidak tercapai dari awal mana pun", "the step `{step}` (row {row}) is reached from no start"
        help "periksa panah yang seharusnya menuju ke sini, atau tambahkan sebagai awal", "see which arrow should lead here, or add it as a start"
        page "Tidak ada jalan dari awal mana pun ke langkah ini, jadi tidak seorang pun akan pernah mengerjakannya. Biasanya sebuah panah menunjuk langkah yang keliru, atau awal kedua terlupa. Jaminan `clean` akan terbantah selama langkah ini ada.",
             "No way leads from any start to this step, so nobody will ever do it. Mostly an arrow names the wrong step, or a second start was forgotten. The guarantee `clean` is refuted as long as the step is there."
        bad r#"{ "id": "periksa", "role": "tu", "next": "arsip" }, { "id": "teruskan", "role": "tu", "next": "arsip" }"# good r#"{ "id": "periksa", "role": "tu", "next": "teruskan" }, { "id": "teruskan", "role": "tu", "next": "arsip" }"#;
    221 UNUSED_END Warning
        "tidak ada jalan yang menuju akhir `{end}`", "nothing leads to the end `{end}`"
        help "hapus akhir ini, atau arahkan jalan yang dimaksud kepadanya", "remove the end, or lead to it what was meant to"
        page "Akhir ini tertulis, tetapi tidak ada langkah, batas pengembalian, atau tangga keterlambatan yang menuju ke sana. Mungkin sebuah jalan menyebut akhir yang lain. Hapus, atau arahkan jalan yang dimaksud kepadanya.",
             "The end is written down, but no step, limit of a return, or overdue ladder leads to it. Perhaps an exit names another end. Remove it, or lead to it what was meant to."
        bad r#""ends": [{ "id": "selesai", "title": "Selesai", "kind": "case" }, { "id": "ditolak", "title": "Ditolak", "kind": "stop" }]"# good r#""ends": [{ "id": "selesai", "title": "Selesai", "kind": "case" }]"#;
    230 NOT_IN_FORCE Warning
        "belum berlaku: {missing} kosong", "not in force: {missing} missing"
        help "isi setelah SOP disahkan; sebelum itu biarkan kosong", "fill it in once the SOP is signed; leave it out before"
        page "SOP berlaku sejak disahkan: halaman identitasnya memuat tanggal efektif serta pejabat yang mengesahkan. Selama salah satunya kosong, naskah ini baru rancangan. Isi menurut naskah yang ditandatangani, jangan diperkirakan.",
             "An SOP is in force once it is signed: its identity page then has the effective date and the official who approved it. As long as one of them is missing this is a draft. Fill them in from the signed document, never by guessing."
        bad r#""identity": { "title": "Fasilitasi Narasumber" }"# good r#""identity": { "title": "Fasilitasi Narasumber", "effective": { "date": "2026-01-05" }, "approved_by": { "post": "Kepala Dinas", "name": "…" } }"#;
    231 COLUMN_TWICE Error
        "kolom `{column}` ditulis dua kali", "the column `{column}` is given twice"
        help "hapus salah satu, atau perbaiki isi kolom yang keliru", "remove one of the two, or correct what the wrong one shows"
        page "Kepala tabel menyebut setiap isi kolom paling banyak satu kali; semua kolom pelaksana bersama-sama adalah satu butir `roles`. Kolom kedua biasanya menampilkan hal lain, misalnya keterangan.",
             "The head of the table names each kind of column once at most; all columns of roles together are the one entry `roles`. The second one mostly shows something else, such as the remark."
        bad r#"{ "shows": "outputs", "heading": "Output" }, { "shows": "outputs", "heading": "Ket" }"# good r#"{ "shows": "outputs", "heading": "Output" }, { "shows": "remark", "heading": "Ket" }"#;
    232 COLUMN_MISSING Error
        "kepala tabel tidak punya kolom `{column}`", "the head of the table has no column `{column}`"
        help "tambahkan kolomnya di tempat menurut naskah", "add the column where the document has it"
        page "Tabel SOP sedikitnya menampilkan uraian kegiatan (`activity`) dan pelaksana (`roles`); tanpa keduanya diagram alir tidak dapat dicetak. Tambahkan kolom itu di tempatnya menurut naskah, dengan judul yang tertulis di sana.",
             "The table of an SOP shows at least the activity (`activity`) and those who act (`roles`); without them the flowchart can't be printed. Add the column where the document has it, with the heading that is written there."
        bad r#""columns": [{ "shows": "activity", "heading": "Kegiatan" }]"# good r#""columns": [{ "shows": "activity", "heading": "Kegiatan" }, { "shows": "roles", "heading": "Pelaksana" }]"#;
    233 NO_COLUMN_FOR Warning
        "`{column}` terisi, tetapi kepala tabel tidak punya kolomnya", "`{column}` is filled in, but the head of the table has no column for it"
        help "tambahkan kolomnya pada `table.columns`, atau hapus isinya", "add the column to `table.columns`, or remove what is written"
        page "Baris ini memuat sesuatu yang tidak mendapat tempat dalam tabel, sehingga tidak ikut tercetak. Bila naskah memuat kolom itu, tambahkan pada kepala tabel; bila tidak, isinya tidak berasal dari naskah dan sebaiknya menjadi catatan.",
             "The row says something that has no place in the table, so it isn't printed. If the document has the column, add it to the head of the table; if not, what is written isn't from the document and should be a note."
        bad r#""columns": [{ "shows": "activity", … }, { "shows": "roles", … }], "rows": [{ "remark": "Via email" }]"# good r#""columns": [{ "shows": "activity", … }, { "shows": "roles", … }, { "shows": "remark", "heading": "Ket" }], "rows": [{ "remark": "Via email" }]"#;
    234 ROW_WITHOUT_ACTIVITY Error
        "baris ini tidak punya uraian kegiatan", "this row has no activity"
        help "tulis `activity`, atau satukan dengan sel di atasnya melalui `merge_up`", "write `activity`, or merge the cell with the one above by `merge_up`"
        page "Setiap baris menyebut kegiatannya: itulah yang dibaca pelaksana. Salin uraiannya dari naskah. Bila di naskah sel ini menyatu dengan sel di atasnya, tulis \"activity\" dalam `merge_up`.",
             "Each row says what is done: that is what people read. Copy the activity from the document. If the cell is one with the cell above it in the document, write \"activity\" in `merge_up`."
        bad r#"{ "no": "4", "steps": [{ "id": "disposisi" }] }"# good r#"{ "no": "4", "activity": "Mendisposisikan surat", "steps": [{ "id": "disposisi" }] }"#;
    235 NOTHING_ABOVE Error
        "tidak ada baris di atas baris pertama", "there is no row above the first one"
        help "hapus `merge_up` dan tulis isi selnya di sini", "remove `merge_up` and write the cell here"
        page "`merge_up` menyatukan sel dengan sel tepat di atasnya. Baris pertama tidak punya sel di atasnya. Mungkin urutan baris tertukar; kalau tidak, tulis isi selnya pada baris ini.",
             "`merge_up` makes a cell one with the cell right above it. The first row has none above. Perhaps the rows are in the wrong order; otherwise write the cell in this row."
        bad r#""rows": [{ "no": "1", "merge_up": ["time"] }]"# good r#""rows": [{ "no": "1", "time": "5 menit" }]"#;
    236 MERGED_AND_OWN Error
        "`{key}` menyatu dengan sel di atasnya, tetapi juga diisi di sini", "`{key}` is one with the cell above, and is filled in here as well"
        help "hapus isinya, atau hapus `{key}` dari `merge_up`", "remove what is written, or remove `{key}` from `merge_up`"
        page "Sel yang menyatu hanya punya satu isi, yaitu yang tertulis pada baris di atasnya. Isi kedua tidak akan tercetak dan tidak berlaku. Pilih salah satu menurut naskah.",
             "A merged cell has one content only, that of the row above. A second one would neither be printed nor count. Choose one of the two, as the document has it."
        bad r#"{ "no": "5", "merge_up": ["time"], "time": "5 menit" }"# good r#"{ "no": "5", "merge_up": ["time"] }"#;
    237 LINK_NOT_IN_REMARK Warning
        "`{text}` tidak ada dalam keterangan baris ini", "`{text}` does not occur in the remark of this row"
        help "salin kata-katanya persis dari `remark`", "copy the words exactly from `remark`"
        page "Tautan ke SOP lain ditempatkan pada kata-kata keterangan yang menyebutnya. Kata-kata ini tidak ditemukan di sana, sehingga tautannya tidak punya tempat. Salin persis, termasuk huruf besar dan tanda bacanya.",
             "A link to another SOP stands on the words of the remark that name it. These words aren't found there, so the link has no place. Copy them exactly, capitals and punctuation included."
        bad r#""remark": "Lihat SOP Persuratan", "links": [{ "text": "SOP Surat", "definition": "persuratan" }]"# good r#""remark": "Lihat SOP Persuratan", "links": [{ "text": "SOP Persuratan", "definition": "persuratan" }]"#;
    238 SYMBOL_BESIDE_NOTHING Error
        "baris ini tidak punya langkah `{step}` untuk didampingi simbol", "this row has no step `{step}` for the symbol to stand beside"
        help "sebut langkah dari baris yang sama, atau hapus `beside`", "name a step of the same row, or remove `beside`"
        page "`beside` menempatkan simbol yang hanya digambar di samping sebuah langkah pada baris yang sama. Langkah ini berada pada baris lain, atau tidak ada. Pindahkan simbolnya ke baris langkah itu, atau sebut langkah yang benar.",
             "`beside` puts a symbol that is merely drawn beside a step of the same row. The step named is in another row, or isn't there at all. Move the symbol to the row of that step, or name the right one."
        bad r#""steps": [{ "id": "periksa" }], "symbols": [{ "role": "tu", "shape": "box", "beside": "teruskan" }]"# good r#""steps": [{ "id": "periksa" }], "symbols": [{ "role": "tu", "shape": "box", "beside": "periksa" }]"#;
    240 UNSURE_READING Note
        "pembacaan berkeyakinan rendah, perlu dipastikan", "a reading of low confidence, to be confirmed"
        page "Penyalin menafsirkan hal yang tidak jelas di naskah, dan menilai tafsirannya sendiri belum pasti. Tanyakan kepada penyusun atau pelaksana SOP. Setelah pasti, naikkan keyakinannya atau perbaiki alurnya.",
             "Whoever transcribed the document interpreted something that isn't clear in it, and isn't sure. Ask those who wrote the SOP or work by it. Once it is certain, raise the confidence or correct the flow."
        bad r#"{ "kind": "interpretation", "text": "Simbol dibaca di kolom Kabag", "confidence": "low" }"# good r#"{ "kind": "interpretation", "text": "Simbol di kolom Kabag, menurut Biro Organisasi", "confidence": "high" }"#;
    241 READING_WITHOUT_CONFIDENCE Note
        "pembacaan tanpa keyakinan", "a reading without its confidence"
        page "Catatan ini menafsirkan naskah, tetapi tidak menyebut seberapa yakin. Pembaca berikutnya perlu tahu mana yang harus dipastikan. Tulis `confidence`: high, medium, atau low.",
             "The note interprets the document without saying how sure that is. The next reader should know what has to be confirmed. Write `confidence`: high, medium or low."
        bad r#"{ "kind": "interpretation", "text": "Panah dibaca dari Kabag ke TU" }"# good r#"{ "kind": "interpretation", "text": "Panah dibaca dari Kabag ke TU", "confidence": "medium" }"#;
    242 CONFIDENCE_OF_NO_READING Error
        "`confidence` hanya berlaku bagi pembacaan", "`confidence` is for readings only"
        help "hapus `confidence`, atau ubah jenis catatan menjadi `interpretation`", "remove `confidence`, or make the note an `interpretation`"
        page "Keyakinan menilai tafsiran atas hal yang tidak jelas. Cacat naskah dan keterangan lain tidak ditafsirkan: adanya memang begitu. Hapus kuncinya, atau ubah jenis catatan bila sebenarnya sebuah tafsiran.",
             "Confidence says how sure an interpretation is. Defects and other remarks aren't interpreted: they are what they are. Remove the key, or change the kind of the note if it is an interpretation."
        bad r#"{ "kind": "defect", "text": "Nomor 4 dua kali", "confidence": "high" }"# good r#"{ "kind": "defect", "text": "Nomor 4 dua kali" }"#;
    243 TOO_MANY_EXITS Error
        "terlalu banyak pilihan: {count}, batasnya {limit}", "too many ways to choose from: {count}, the limit is {limit}"
        help "gabungkan yang menuju langkah yang sama, misalnya dengan `in`, atau putuskan bertahap", "put together those that lead to the same step, with `in` for example, or decide step by step"
        page "Satu langkah boleh punya sampai 16.384 keputusan, dan satu `choose` sampai 16.384 cabang, jauh lebih banyak daripada yang dapat dibaca orang. Biasanya berkas ini dibuat program yang menulis satu cabang untuk setiap nilai. Gabungkan nilai yang menuju langkah yang sama ke dalam satu syarat, atau putuskan dalam beberapa langkah.",
             "A step may have up to 16,384 outcomes, and a `choose` up to 16,384 branches, far more than anybody can read. Mostly a program wrote the file, with a branch for each value. Put values that lead to the same step into one condition, or decide in several steps."
        bad r#""choose": [ … 20.000 cabang … ]"# good r#""choose": [{ "when": "case.kode in [1, 2, 3]", "end": "selesai" }, { "when": "!(case.kode in [1, 2, 3])", "next": "telaah" }]"#;
}
