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
}
