//! `SOP04xx`: papers.

use crate::diagnostic::registry::rule_table;

rule_table! {
    401 PAPER_TWICE Error
        "berkas `{paper}` disebut dua kali", "the paper `{paper}` is named twice"
        help "hapus salah satu, atau sebut berkas yang sebenarnya dimaksud", "remove one of the two, or name the paper that was meant"
        page "Satu daftar menyebut setiap berkas satu kali. Yang kedua biasanya salah salin dan seharusnya berkas lain.",
             "A list names each paper once. The second is mostly a slip in copying, and should be another paper."
        bad r#""requires": ["surat_pd", "surat_pd"]"# good r#""requires": ["surat_pd", "disposisi"]"#;
    402 REVISES_NO_OUTPUT Error
        "berkas pada `revises` tidak ada di antara output", "a paper of `revises` is not among the outputs"
        help "tambahkan berkas itu pada `outputs`, atau hapus dari `revises`", "add the paper to `outputs`, or remove it from `revises`"
        page "`revises` menandai output yang menjadi versi baru walau juga disyaratkan, misalnya draf yang dikoreksi. Yang tidak diserahkan tidak dapat direvisi. Sebut berkas itu juga pada `outputs`.",
             "`revises` marks an output that becomes a new version although it is required as well, such as a corrected draft. What isn't handed on can't be revised. Name the paper in `outputs`, too."
        bad r#""outputs": [], "revises": ["draft_surat"]"# good r#""outputs": ["draft_surat"], "revises": ["draft_surat"]"#;
    403 MAKES_NOT_REQUIRED Error
        "berkas pada `makes` tidak tertulis sebagai kelengkapan langkah ini", "a paper of `makes` is not required by this step"
        help "hapus dari `makes`; output biasa sudah dianggap dibuat langkahnya", "remove it from `makes`; plain outputs count as made by their step anyway"
        page "`makes` menyatakan bahwa langkah ini membuat berkas yang di naskah keliru tertulis sebagai kelengkapannya. Bagi berkas lain ia tidak berlaku: yang tertulis pada output sudah dibuat langkahnya.",
             "`makes` says that the step makes a paper which the document wrongly has it require. It means nothing for other papers: those among the outputs are made by their step anyway."
        bad r#""requires": ["disposisi"], "makes": ["draft_surat"]"# good r#""requires": ["disposisi", "draft_surat"], "makes": ["draft_surat"]"#;
    404 REASON_MISSING Error
        "`makes` memerlukan alasan", "`makes` needs a reason"
        help "tulis `reason` pada kebijakan langkah ini", "write a `reason` in the policy of this step"
        page "Dengan `makes` kantor menyimpang dari naskah yang disahkan. Penyimpangan itu ikut tercetak dan diperiksa, jadi alasannya harus tertulis: apa yang keliru di naskah, dan siapa yang memutuskan.",
             "By `makes` the office departs from the signed document. That is printed and audited, so the reason has to be written down: what is wrong in the document, and who decided."
        bad r#""buat_balasan": { "makes": ["draft_surat"] }"# good r#""buat_balasan": { "makes": ["draft_surat"], "reason": "Draf baru dibuat oleh langkah ini." }"#;
    412 ISSUED_BEFORE_WRITTEN Warning
        "`{paper}` (baris {row}) dikeluarkan sebelum penulisnya bekerja", "`{paper}` (row {row}) is handed out before its writer acts"
        help "pindahkan ke output langkah penulisnya, atau catat sebagai cacat naskah", "move it to the outputs of its writer's step, or note it as a defect of the document"
        page "Menurut `written_by`, berkas ini ditulis peran yang baru bekerja pada baris lain; di sini berkas itu sudah diserahkan. Di naskah biasanya output tertulis satu baris terlalu awal. Naskah yang disahkan tidak diubah diam-diam: catat sebagai cacat, dan perbaiki saat revisi.",
             "By `written_by` the paper is written by a role that acts in another row; here it is handed out already. Mostly the document has the output a row too early. A signed document isn't changed silently: note the defect, and mend it when the SOP is revised."
        bad r#"{ "no": "3", "outputs": ["disposisi"] }, { "no": "4", "outputs": [] }"# good r#"{ "no": "3", "outputs": ["surat_pd"] }, { "no": "4", "outputs": ["disposisi"] }"#;
    415 ROW_WITHOUT_OUTPUT Note
        "baris {row} tidak menghasilkan apa pun", "row {row} has no output"
        page "Setiap baris mutu baku menyebut hasil kerjanya. Tanpa output tidak ada bukti bahwa kegiatan ini dikerjakan. Bila kosong di naskah, biarkan dan catat sebagai cacat; perbaiki saat revisi.",
             "Each row names the result of its work. Without an output nothing shows that the activity was done. If the document has none, leave it so and note the defect; mend it when the SOP is revised."
        bad r#"{ "no": "12", "activity": "Mengantar surat", "outputs": [] }"# good r#"{ "no": "12", "activity": "Mengantar surat", "outputs": ["tanda_terima"] }"#;
    416 OUTPUT_UNDER_ANOTHER_NAME Note
        "baris {row} menerima `{received}`, tetapi output-nya `{paper}`", "row {row} receives `{received}`, but its output is `{paper}`"
        page "Baris ini menyerahkan berkas yang sudah dibuat sebelumnya, tanpa menerimanya: yang diterimanya bernama lain. Mungkin satu berkas punya dua nama di naskah. Samakan namanya saat revisi, atau catat sebagai cacat.",
             "The row hands on a paper that was made earlier, without receiving it: what it receives has another name. Perhaps one paper has two names in the document. Use one name when the SOP is revised, or note the defect."
        bad r#""requires": ["dokumen_ttd"], "outputs": ["surat_ttd"]"# good r#""requires": ["surat_ttd"], "outputs": ["surat_ttd"]"#;
    417 UNUSED_PAPER Warning
        "berkas `{paper}` tidak dipakai di baris mana pun", "the paper `{paper}` is used in no row"
        help "hapus, atau sebut pada kelengkapan atau output barisnya", "remove it, or name it in the requires or outputs of its row"
        page "Berkas ini terdaftar, tetapi tidak disyaratkan dan tidak dihasilkan di mana pun. Mungkin sebuah baris menyebut berkas yang mirip namanya. Hapus, atau sebut di barisnya.",
             "The paper is listed, but required and produced nowhere. Perhaps a row names a paper of a similar name. Remove it, or name it in its row."
        bad r#""papers": [{ "id": "nota_dinas", "title": "Nota dinas" }], "rows": [{ "outputs": [] }]"# good r#""papers": [{ "id": "nota_dinas", "title": "Nota dinas" }], "rows": [{ "outputs": ["nota_dinas"] }]"#;
}
