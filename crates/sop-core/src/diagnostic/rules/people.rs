//! `SOP06xx`: people and policy.

use crate::diagnostic::registry::rule_table;

rule_table! {
    601 SECOND_REQUESTER Error
        "`{id}` adalah pemohon kedua; hanya boleh ada satu", "`{id}` is a second requester; there can be only one"
        help "hapus `requester` dari salah satu peran", "remove `requester` from one of the roles"
        page "Yang membuka kasus memegang peran pemohon, dan dialah yang boleh menariknya. Bila ada dua peran pemohon, tidak jelas peran mana yang dipegangnya. Tandai satu saja; pihak lain menjadi peran biasa.",
             "Whoever opens a case holds the role of the requester, and may withdraw it. With two such roles it isn't clear which one that is. Mark one; others are ordinary roles."
        bad r#"{ "id": "pemohon", "requester": true }, { "id": "opd", "requester": true }"# good r#"{ "id": "pemohon", "requester": true }, { "id": "opd" }"#;
    602 ACTS_THROUGH_CHAIN Error
        "`acts_through` menunjuk `{id}`, yang bukan pelaksana sendiri", "`acts_through` names `{id}`, which does not act itself"
        help "tunjuk peran yang langsung mengerjakannya", "name the role that does the work itself"
        page "`acts_through` dipakai bila sebuah kolom adalah tempat, misalnya sebuah biro, dan menunjuk orang yang bekerja di sana. Peran yang ditunjuk harus bekerja sendiri: bukan dirinya lagi, dan bukan tempat lain.",
             "`acts_through` is for a column that is a place, such as a bureau, and names who works there. The role named has to act itself: not the same one, and not another place."
        bad r#"{ "id": "biro", "acts_through": "bagian" }, { "id": "bagian", "acts_through": "tu" }"# good r#"{ "id": "biro", "acts_through": "tu" }, { "id": "bagian", "acts_through": "tu" }"#;
    603 ACCOUNTABLE_IS_DOER Error
        "`{role}` tidak dapat menjadi penanggung jawab bagi dirinya sendiri", "`{role}` can't be accountable for itself"
        help "sebut peran lain, misalnya atasannya", "name another role, such as the one above"
        page "Penanggung jawab diberi tahu bila pelaksana diam. Bila keduanya peran yang sama, tidak ada orang lain yang tahu. Sebut atasannya, atau rekan yang memantau.",
             "Whoever is accountable is told when the one who should act is silent. If both are the same role nobody else knows. Name the one above, or a colleague who watches."
        bad r#""kabag": { "accountable": "kabag" }"# good r#""kabag": { "accountable": "karo" }"#;
    604 ROLE_WITHOUT_POST Warning
        "berkas kantor tidak memuat jabatan `{post}` untuk peran ini", "the office file has no post `{post}` for this role"
        help "tambahkan jabatannya di berkas kantor, atau tulis `post` pada `policy.roles`", "add the post to the office file, or give a `post` in `policy.roles`"
        page "Peran dipegang oleh jabatan dengan id yang sama, atau yang disebut pada `post`. Tanpa jabatan, peran ini tidak punya atasan menurut berkas kantor, dan daftar pejabat tidak dapat menyebut pemegangnya. Tambahkan jabatannya, atau sebut jabatan yang memegang peran ini.",
             "A role is held by the post of the same id, or by the one that `post` names. Without a post the role has no superior by the office file, and the directory can't say who holds it. Add the post, or name the one that holds the role."
        bad r#""roles": { "kabag_terkait": {} }"# good r#""roles": { "kabag_terkait": { "post": "kabag" } }"#;
    605 PER_FIELD_KIND Error
        "`{field}` berjenis `{found}`; `per` memerlukan isian berjenis choice atau unit", "`{field}` is of the type `{found}`; `per` needs a field of the type choice or unit"
        help "tunjuk isian dengan daftar tertutup", "name a field with a closed list"
        page "`per` mencari pemegang peran menurut isi sebuah isian, misalnya Kepala Bagian dari bagian yang dipilih. Isinya harus dari daftar tertutup, supaya untuk setiap nilai dapat diperiksa ada pejabatnya.",
             "`per` looks up who holds a role by the value of a field, such as the head of the division that was picked. The values have to be a closed list, so that it can be checked for each whether somebody holds it."
        bad r#""fields": [{ "id": "bagian", "type": "text", … }], … "kabag": { "per": "bagian" }"# good r#""fields": [{ "id": "bagian", "type": "unit", … }], … "kabag": { "per": "bagian" }"#;
    606 PER_FIELD_UNSET Error
        "`{field}` mungkin belum terisi, padahal menentukan pemegang `{role}`", "`{field}` may be unset here, though it tells who holds `{role}`"
        help "isi `{field}` dengan `collects` pada langkah sebelumnya, di setiap jalan", "set `{field}` by the `collects` of an earlier step, on every way"
        page "Saat langkah ini aktif, pemegang perannya dicari menurut isian itu. Pada sedikitnya satu jalan isian itu belum terisi, sehingga tidak ada yang ditemukan dan tugasnya tidak sampai kepada siapa pun. Sebut isian itu pada `collects` langkah yang pasti dilewati, misalnya disposisi.",
             "When the step is activated the field tells who holds its role. On at least one way it isn't set, so nobody is found and the task reaches no one. Name the field in the `collects` of a step that is always passed, such as the disposition."
        bad r#""disposisikan": {}"# good r#""disposisikan": { "collects": ["bagian"] }"#;
    607 TWO_PER_FIELDS Error
        "peran-peran langkah ini ditentukan oleh isian yang berbeda", "the roles of this step are bound by different fields"
        help "samakan `per` peran-peran itu, atau bagi menjadi dua langkah", "give the roles the same `per`, or make two steps of it"
        page "Bila satu langkah boleh dikerjakan beberapa peran, pemegangnya dicari menurut satu isian yang sama. Dengan dua isian tidak jelas nilai mana yang berlaku bagi tugas itu.",
             "Where several roles may do one step, who holds them is looked up by one and the same field. With two it isn't clear which value belongs to the wait."
        bad r#""kabag": { "per": "bagian" }, "kasubbag": { "per": "subbagian" }"# good r#""kabag": { "per": "bagian" }, "kasubbag": { "per": "bagian" }"#;
    620 SEPARATED_FROM_ITSELF Error
        "langkah `{step}` tidak dapat dibandingkan dengan dirinya sendiri", "the step `{step}` can't be compared with itself"
        help "sebut langkah lain", "name another step"
        page "`distinct_from` dan `same_as` membandingkan orang yang mengerjakan dua langkah yang berlainan, misalnya penyusun dan penanda tangan. Sebut langkah yang dimaksud.",
             "`distinct_from` and `same_as` compare who did two different steps, such as drafting and signing. Name the step that was meant."
        bad r#""tandatangan": { "distinct_from": ["tandatangan"] }"# good r#""tandatangan": { "distinct_from": ["buat_balasan"] }"#;
    621 SAME_AND_DISTINCT Error
        "`{step}` harus dikerjakan orang yang sama dan sekaligus orang lain", "`{step}` has to be done by the same person and by another one"
        help "hapus salah satu dari `same_as` dan `distinct_from`", "remove it from either `same_as` or `distinct_from`"
        page "Kedua ketentuan berlaku timbal balik, jadi bertentangan juga bila ditulis pada langkah yang berlainan. Tidak seorang pun dapat memenuhinya, dan tugas berhenti. Pilih salah satu.",
             "Both work both ways, so they also contradict each other when written at different steps. Nobody can meet them, and the task stops. Choose one."
        bad r#""tandatangan": { "distinct_from": ["telaah"], "same_as": ["telaah"] }"# good r#""tandatangan": { "distinct_from": ["telaah"] }"#;
    622 NOBODY_TO_WITHDRAW Error
        "penarikan diatur, tetapi tidak ada peran pemohon", "withdrawal is provided for, but no role is the requester"
        help "tandai peran pemohon dengan `requester`, atau hapus `withdraw`", "mark the role of the requester by `requester`, or remove `withdraw`"
        page "Hanya pemohon yang boleh menarik kasusnya. Tanpa peran yang bertanda `requester`, ketentuan ini tidak dapat dipakai siapa pun. Tandai kolom pemohon, atau hapus ketentuannya.",
             "Only the requester may withdraw a case. Without a role that is marked `requester` nobody can use this. Mark the column of the requester, or remove the rule."
        bad r#""roles": [{ "id": "pemohon", "title": "Pemohon" }]"# good r#""roles": [{ "id": "pemohon", "title": "Pemohon", "requester": true }]"#;
    623 END_NOT_STOP Error
        "akhir `{end}` harus berjenis `stop`", "the end `{end}` has to be of the kind `stop`"
        help "tunjuk akhir berjenis `stop`, atau tambahkan satu pada `policy.ends`", "name an end of the kind `stop`, or add one to `policy.ends`"
        page "Penarikan mengakhiri seluruh kasus dan menarik tugas yang masih terbuka. Hanya akhir berjenis `stop` yang melakukannya; `case` menuntut tidak ada lagi yang terbuka, dan `part` hanya mengakhiri satu bagian.",
             "A withdrawal ends the whole case and takes back the tasks that are open. Only an end of the kind `stop` does so; `case` demands that nothing is open any more, and `part` ends one part only."
        bad r#"{ "id": "ditarik", "title": "Ditarik pemohon", "kind": "part" }"# good r#"{ "id": "ditarik", "title": "Ditarik pemohon", "kind": "stop" }"#;
    630 WAIVED_PAPER Error
        "`paper` hanya berlaku bila yang dikesampingkan `supplied`", "`paper` means something only where `supplied` is waived"
        help "hapus `paper`, atau perbaiki jaminannya", "remove `paper`, or correct the guarantee"
        page "Jaminan `supplied` menyangkut berkas, jadi dapat dikesampingkan untuk satu berkas saja. Jaminan lain menyangkut alur, waktu, atau orang, dan tidak mengenal berkas.",
             "The guarantee `supplied` is about papers, so it can be waived for one of them. The others are about the flow, time or people, and know no papers."
        bad r#"{ "guarantee": "watched", "paper": "draft_surat", … }"# good r#"{ "guarantee": "supplied", "paper": "draft_surat", … }"#;
    631 WAIVER_UNUSED Warning
        "pengesampingan ini tidak dipakai: tidak ada kelengkapan yang dikenainya", "this waiver is unused: there is no requirement that it applies to"
        help "hapus, atau perbaiki langkah dan berkasnya", "remove it, or correct its step and paper"
        page "Langkah itu tidak mensyaratkan berkas yang disebut, atau berkas itu sudah dibawa atau dibuat di sana. Pengesampingan yang tersisa membuat orang mengira ada kekurangan. Hapus bila sebabnya sudah tidak ada.",
             "The step doesn't require the paper named, or the paper is brought or made there. A waiver that is left over makes people believe that something is wrong. Remove it once its cause is gone."
        bad r#""waive": [{ "guarantee": "supplied", "step": "arsip", "paper": "draft_surat", … }]"# good r#""waive": []"#;
}
