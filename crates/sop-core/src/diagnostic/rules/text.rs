//! `SOP01xx`: the text of a file, its keys and the types of its values.

use crate::diagnostic::registry::rule_table;

rule_table! {
    101 FILE_TOO_LARGE Error
        "berkas terlalu besar: {size}, batasnya {limit}", "the file is too large: {size}, the limit is {limit}"
        help "periksa apakah ini berkas yang dimaksud; SOP yang panjang pun kurang dari 1 MiB", "see whether this is the file you mean; even a long SOP has less than 1 MiB"
        page "Berkas yang lebih besar dari 16 MiB ditolak sebelum dibaca. SOP terpanjang hanya sebagian kecil dari itu, jadi biasanya berkas yang salah diberikan.",
             "A file larger than 16 MiB is refused before it is read. The longest SOP is a small part of that, so it is mostly the wrong file that was given."
        bad "sop check cadangan.json" good "sop check narasumber.json";
    102 NOT_UTF8 Error
        "bukan teks UTF-8: byte {byte} pada posisi {offset}, baris {line}", "not UTF-8 text: byte {byte} at offset {offset}, line {line}"
        help "simpan ulang dengan pengodean UTF-8", "save it again in the encoding UTF-8"
        page "Berkas JSON ditulis dalam UTF-8. Byte yang disebut bukan bagian dari huruf UTF-8; biasanya berkas disimpan sebagai Windows-1252 (ANSI), atau rusak. Buka di penyunting teks lalu simpan ulang sebagai UTF-8.",
             "JSON files are written in UTF-8. The byte named isn't part of a UTF-8 character; mostly the file was saved as Windows-1252 (ANSI), or is damaged. Open it in a text editor and save it as UTF-8."
        bad "\"title\": \"r\\xE9sum\\xE9\"" good "\"title\": \"résumé\"";
    103 UTF16 Error
        "berkas ini UTF-16, bukan UTF-8", "the file is UTF-16, not UTF-8"
        help "simpan ulang dengan pengodean UTF-8", "save it again in the encoding UTF-8"
        page "Sebagian penyunting di Windows menyimpan 'Unicode' sebagai UTF-16. JSON dibaca sebagai UTF-8. Simpan ulang dan pilih UTF-8.",
             "Some editors on Windows save 'Unicode' as UTF-16. JSON is read as UTF-8. Save it again and choose UTF-8."
        bad "Encoding: Unicode" good "Encoding: UTF-8";
    104 BINARY Error
        "ini bukan berkas teks: ada byte nol pada posisi {offset}", "this is not a text file: a zero byte at offset {offset}"
        help "berikan berkas JSON, bukan dokumen Word, PDF, atau arsip", "give the JSON file, not a Word document, PDF or archive"
        page "Berkas berisi byte yang tidak pernah ada dalam teks. Biasanya dokumen Word, PDF, gambar, atau arsip yang diberikan. Berikan berkas JSON-nya.",
             "The file has bytes that no text has. Mostly a Word document, a PDF, a picture or an archive was given. Give the JSON file."
        bad "sop check narasumber.docx" good "sop check narasumber.json";
    105 EMPTY_FILE Error
        "berkas ini kosong", "the file is empty"
        page "Tidak ada apa pun dalam berkas selain spasi. Mungkin penyimpanan terputus; ambil dari cadangan atau mulai dengan berkas baru.",
             "There is nothing in the file but white space. Saving may have been interrupted; take it from a backup or begin a new one."
        bad " " good r#"{ "format": 1 }"#;
    106 TOO_DEEP Error
        "terlalu banyak kurung bersarang: batasnya {limit} tingkat", "too many brackets inside one another: the limit is {limit} levels"
        help "kemungkinan ada kurung penutup yang tertinggal", "a closing bracket was probably forgotten"
        page "Larik dan objek boleh bersarang sampai 64 tingkat; format ini memerlukan kurang dari sepuluh. Biasanya kurung penutup tertinggal, atau berkas dibuat oleh program yang keliru.",
             "Arrays and objects may be nested 64 levels deep; the format needs fewer than ten. Mostly a closing bracket was forgotten, or a program wrote the file wrongly."
        bad "[[[[[[…" good r#"[["a"], ["b"]]"#;
    107 TOO_MANY_VALUES Error
        "terlalu banyak nilai dalam satu berkas: batasnya {limit}", "too many values in one file: the limit is {limit}"
        help "periksa apakah ini berkas yang dimaksud", "see whether this is the file you mean"
        page "Satu berkas boleh berisi sejuta nilai; SOP dengan sepuluh ribu langkah memerlukan sepersepuluhnya. Biasanya berkas yang salah diberikan.",
             "One file may have a million values; an SOP of ten thousand steps needs a tenth of that. It is mostly the wrong file that was given."
        bad "[1,1,1,1,…" good r#"{ "format": 1 }"#;
    108 ODD_BLANK Error
        "spasi yang tidak dikenal JSON", "a blank that JSON does not know"
        help "ganti dengan spasi biasa; biasanya terbawa dari Word atau halaman web", "put an ordinary space; it mostly comes from Word or a web page"
        page "Di sini ada tanda yang tampak seperti spasi atau tidak tampak sama sekali, misalnya spasi tak terputus. Di dalam teks ia boleh, di antara nilai tidak. Ganti dengan spasi biasa.",
             "Here is a character that looks like a space or like nothing, such as a no-break space. It may be part of a text, and can't stand between values. Put an ordinary space."
        bad "{ \"id\":\u{a0}\"periksa\" }" good "{ \"id\": \"periksa\" }";
    110 EXPECTED_VALUE Error
        "di sini seharusnya ada nilai, bukan `{found}`", "a value is expected here, not `{found}`"
        help "tulis teks dalam tanda kutip, angka, true, false, [ … ] atau { … }", "write a text in quotes, a number, true, false, [ … ] or { … }"
        page "Setelah titik dua, koma, atau kurung siku harus ada nilai. Mungkin nilainya terhapus atau belum ditulis.",
             "A colon, a comma or a square bracket is followed by a value. It may have been deleted, or not been written yet."
        bad r#"{ "min": , "max": 5 }"# good r#"{ "min": 0, "max": 5 }"#;
    111 UNEXPECTED_END Error
        "berkas berakhir di tengah jalan: `{closing}` belum ada", "the file ends in the middle: `{closing}` is missing"
        help "lengkapi berkas, atau ambil lagi dari sumbernya: mungkin terpotong", "complete the file, or fetch it again: it may have been cut off"
        page "Berkas habis sebelum semua kurung ditutup. Mungkin kurung penutup terlupa, mungkin berkas terpotong ketika disalin. Kurung yang belum tertutup ditunjukkan.",
             "The file is over before all brackets are closed. A closing bracket may have been forgotten, or the file was cut off when it was copied. The bracket that is still open is shown."
        bad r#"{ "rows": ["# good r#"{ "rows": [] }"#;
    112 MISSING_COMMA Error
        "koma tertinggal", "a comma is missing"
        page "Anggota objek dan butir larik dipisahkan koma. Yang di atas tempat ini tidak diikuti koma.",
             "Members of an object and items of an array are separated by commas. There is none after what stands before this place."
        bad r#"{ "id": "a" "next": "b" }"# good r#"{ "id": "a", "next": "b" }"#;
    113 TRAILING_COMMA Error
        "koma setelah yang terakhir", "a comma after the last one"
        page "Setelah anggota atau butir terakhir tidak boleh ada koma; JSON tidak mengenalnya. Hapus koma itu, atau tulis yang terlupa sesudahnya.",
             "No comma stands after the last member or item; JSON doesn't know that. Delete it, or write what was forgotten after it."
        bad r#"["a", "b",]"# good r#"["a", "b"]"#;
    114 MISSING_COLON Error
        "titik dua tertinggal setelah `{key}`", "a colon is missing after `{key}`"
        help "tulis \"kunci\": nilai", "write \"key\": value"
        page "Dalam objek, setiap kunci diikuti titik dua dan nilainya. Tanda `=` atau spasi tidak menggantikannya.",
             "In an object each key is followed by a colon and its value. Neither `=` nor a space stands for it."
        bad r#"{ "id" "periksa" }"# good r#"{ "id": "periksa" }"#;
    115 UNQUOTED_KEY Error
        "kunci `{key}` harus dalam tanda kutip ganda", "the key `{key}` has to be in double quotes"
        page "JSON menulis setiap kunci dalam tanda kutip ganda, lain dari JavaScript.",
             "JSON writes each key in double quotes, unlike JavaScript."
        bad r#"{ id: "periksa" }"# good r#"{ "id": "periksa" }"#;
    116 ODD_QUOTES Error
        "teks ditulis dalam tanda kutip ganda lurus (\"), bukan {found}", "text is written in straight double quotes (\"), not {found}"
        help "pengolah kata menggantinya sendiri; pakailah penyunting teks biasa", "word processors replace them by themselves; use a plain text editor"
        page "JSON hanya mengenal tanda kutip ganda lurus (\"). Tanda kutip tunggal, dan tanda kutip lengkung dari pengolah kata, boleh ada di dalam teks, tetapi tidak membuka atau menutupnya.",
             "JSON knows only straight double quotes (\"). Single quotes, and the curly ones of word processors, may stand inside a text, but neither open nor close it."
        bad r#"{ “id”: 'periksa' }"# good r#"{ "id": "periksa" }"#;
    117 UNCLOSED_STRING Error
        "tanda kutip penutup tidak ada di baris ini", "the closing quote is missing on this line"
        help "tutup dengan \"; baris baru di dalam teks ditulis \\n", "close it with \"; a line break inside a text is written \\n"
        page "Sebuah teks dibuka dan ditutup dengan tanda kutip pada baris yang sama. Baris baru di dalam teks ditulis \\n.",
             "A text is opened and closed by quotes on the same line. A line break inside a text is written \\n."
        bad r#"{ "title": "Surat masuk }"# good r#"{ "title": "Surat masuk" }"#;
    118 CONTROL_CHARACTER Error
        "tanda kendali di dalam teks ditulis `{escape}`", "a control character inside a text is written `{escape}`"
        page "Tab dan tanda kendali lain tidak boleh berdiri begitu saja di dalam teks JSON, sebab tidak terlihat. Tulis sebagai \\t atau \\u00XX, atau ganti dengan spasi.",
             "Tabs and other control characters may not stand in a JSON text as they are, since nobody sees them. Write \\t or \\u00XX, or a space instead."
        bad "\"title\": \"Surat\tmasuk\"" good r#""title": "Surat masuk""#;
    119 BAD_ESCAPE Error
        "`{escape}` bukan tanda khusus yang dikenal", "`{escape}` is no escape sequence"
        help "garis miring terbalik sendiri ditulis \\\\", "a backslash itself is written \\\\"
        page "Setelah garis miring terbalik hanya boleh \", \\, /, b, f, n, r, t, atau u dengan empat angka heksadesimal; tanda di luar 16 bit ditulis sebagai pasangan \\uD8XX\\uDCXX. Garis miring terbalik itu sendiri ditulis dua kali.",
             "After a backslash only \", \\, /, b, f, n, r, t, or u with four hexadecimal digits may stand; characters beyond 16 bits are written as a pair \\uD8XX\\uDCXX. A backslash itself is written twice."
        bad r#""C:\surat""# good r#""C:\\surat""#;
    120 BAD_NUMBER Error
        "`{number}` bukan angka", "`{number}` is not a number"
        help "angka ditulis tanpa pemisah ribuan, tanpa nol di depan, dengan titik desimal: 5000000, 0.5", "numbers are written without separators, without leading zeros, with a decimal point: 5000000, 0.5"
        page "JSON mengenal angka seperti 5, -3, 0.5, dan 1e6. Lima juta ditulis 5000000; titik hanya untuk desimal. Nomor surat atau kode yang diawali nol adalah teks, dan ditulis dalam tanda kutip.",
             "JSON knows numbers such as 5, -3, 0.5 and 1e6. Five million is written 5000000; a point is for decimals only. Letter numbers and codes that begin with a zero are texts, and are written in quotes."
        bad r#""min": 5.000.000"# good r#""min": 5000000"#;
    121 COMMENT Error
        "komentar tidak dikenal dalam JSON", "comments are unknown in JSON"
        help "tulis sebagai catatan (`notes`) pada objek yang bersangkutan", "write a note (`notes`) in the object that it concerns"
        page "Berkas ini JSON yang ketat: ia dicetak, dihitung sidik jarinya, dan dibaca program lain. Yang perlu diketahui pembaca ditulis dalam `notes`, sehingga ikut tercetak; selain itu hapus.",
             "The file is strict JSON: it is printed, hashed, and read by other programs. What a reader should know is written in `notes`, so that it is printed as well; delete the rest."
        bad r#"{ "id": "a" } // sementara"# good r#"{ "id": "a", "notes": [{ "kind": "remark", "text": "sementara" }] }"#;
    122 UNKNOWN_WORD Error
        "`{word}` bukan nilai JSON", "`{word}` is not a JSON value"
        help "teks ditulis dalam tanda kutip; tanpa kutip hanya true, false, dan null", "text is written in quotes; without quotes there are only true, false and null"
        page "Tanpa tanda kutip hanya ada true, false, dan null, dengan huruf kecil. Selain itu adalah teks, dan ditulis dalam tanda kutip ganda.",
             "Without quotes there are only true, false and null, in lower case. Everything else is text, and is written in double quotes."
        bad r#""requester": ya"# good r#""requester": true"#;
    123 TEXT_AFTER_END Error
        "ada teks setelah akhir berkas JSON", "there is text after the end of the JSON"
        help "mungkin ada kurung penutup yang berlebih di atasnya", "there may be a closing bracket too many above"
        page "Sebuah berkas berisi tepat satu nilai JSON. Setelah kurung yang menutupnya tidak boleh ada apa pun. Biasanya ada kurung penutup yang berlebih, atau dua berkas tertempel menjadi satu.",
             "A file is exactly one JSON value. Nothing follows the bracket that closes it. Mostly there is a closing bracket too many, or two files were pasted together."
        bad "{ \"format\": 1 } }" good "{ \"format\": 1 }";
    124 MISMATCHED_BRACKET Error
        "`{found}` tidak cocok: yang terbuka ditutup dengan `{closing}`", "`{found}` does not match: what is open is closed by `{closing}`"
        page "Kurung ditutup dalam urutan terbalik dari pembukaannya, [ dengan ], { dengan }. Kurung yang masih terbuka ditunjukkan.",
             "Brackets are closed in the reverse order of their opening, [ by ], { by }. The bracket that is still open is shown."
        bad r#"{ "rows": [ }"# good r#"{ "rows": [] }"#;
    125 NUMBER_TOO_LARGE Error
        "angka ini terlalu besar", "the number is too large"
        page "Angka di luar kisaran yang dapat dihitung ditolak, agar tidak dibulatkan diam-diam.",
             "Numbers beyond what can be calculated with are refused, so that none is rounded silently."
        bad r#""max": 1e999"# good r#""max": 1000000"#;
    126 UNESCAPED_QUOTE Error
        "tanda kutip di dalam teks ditulis \\\"", "a quote inside a text is written \\\""
        help "tulis \\\" bila bagian dari teks; kalau tidak, ada koma yang tertinggal", "write \\\" if it is part of the text; otherwise a comma is missing"
        page "Tanda kutip ganda mengakhiri teks. Yang menjadi bagian dari teks didahului garis miring terbalik.",
             "A double quote ends a text. One that belongs to the text is preceded by a backslash."
        bad r#""activity": "Surat "penting" dicatat""# good r#""activity": "Surat \"penting\" dicatat""#;
    127 EXPECTED_KEY Error
        "di sini seharusnya ada kunci dalam tanda kutip, bukan `{found}`", "a key in quotes is expected here, not `{found}`"
        help "tulis \"kunci\": nilai", "write \"key\": value"
        page "Objek { … } berisi pasangan \"kunci\": nilai yang dipisahkan koma. Daftar nilai tanpa kunci ditulis dalam kurung siku [ … ].",
             "An object { … } has pairs \"key\": value separated by commas. A list of values without keys is written in square brackets [ … ]."
        bad r#"{ 1, 2 }"# good r#"[1, 2]"#;
    128 EXPECTED_COMMA Error
        "di sini seharusnya ada koma atau kurung penutup, bukan `{found}`", "a comma or a closing bracket is expected here, not `{found}`"
        page "Setelah sebuah nilai datang koma dan yang berikutnya, atau kurung yang menutup larik atau objeknya.",
             "A value is followed by a comma and the next one, or by the bracket that closes the array or object."
        bad r#"{ "id": "a"; "next": "b" }"# good r#"{ "id": "a", "next": "b" }"#;
    129 EXTRA_COMMA Error
        "koma berlebih", "a comma too many"
        help "hapus koma ini, atau tulis yang terlupa di depannya", "delete the comma, or write what was forgotten before it"
        page "Di antara dua koma tidak ada apa pun. Mungkin satu koma berlebih, mungkin sesuatu terhapus di antaranya.",
             "There is nothing between two commas. One may be too many, or what stood between them was deleted."
        bad r#"["a",, "b"]"# good r#"["a", "b"]"#;
    130 DUPLICATE_KEY Error
        "kunci `{key}` ditulis dua kali", "the key `{key}` is given twice"
        help "hapus salah satu, atau gabungkan isinya", "delete one of them, or merge them"
        page "Sebuah kunci hanya boleh ada satu kali dalam satu objek. Program lain diam-diam memakai salah satunya; di sini itu galat, sebab tidak ada yang tahu mana yang dimaksud.",
             "A key occurs once in an object. Other programs silently take one of the two; here it is an error, since nobody knows which is meant."
        bad r#"{ "time": "5 menit", "time": "1 hari" }"# good r#"{ "time": "5 menit" }"#;
    131 UNKNOWN_KEY Error
        "kunci `{key}` tidak dikenal dalam {object}", "the key `{key}` is unknown in {object}"
        help "kunci yang dikenal: {known}", "the keys known here: {known}"
        page "Setiap kunci dalam berkas mengubah sesuatu; kunci yang tidak dikenal tidak diabaikan, sebab penulisnya mengira ia berlaku. Biasanya salah ketik, atau berada di objek yang salah.",
             "Each key of a file changes something; an unknown one isn't ignored, since its author believes it does. It is mostly misspelt, or in the wrong object."
        bad r#"{ "activty": "Mencatat surat" }"# good r#"{ "activity": "Mencatat surat" }"#;
    132 MISSING_KEY Error
        "{object} memerlukan `{key}`", "{object} needs `{key}`"
        help "{key}: {about}", "{key} (described in Indonesian): {about}"
        page "Kunci ini wajib: tanpanya objeknya tidak berarti. Penjelasan kunci tertulis pada bantuan dan di penyunting.",
             "The key is required: without it the object means nothing. What it says is written in the help and in the editor."
        bad r#"{ "title": "Tata Usaha" }"# good r#"{ "id": "tu", "title": "Tata Usaha" }"#;
    133 NONE_OF_KEYS Error
        "{object} memerlukan salah satu dari {keys}", "{object} needs one of {keys}"
        page "Dari kunci-kunci ini harus ada: objeknya baru berarti bila salah satu ditulis.",
             "One of these keys has to be there: the object means something only with it."
        bad r#"{ "id": "setuju" }"# good r#"{ "id": "setuju", "next": "teruskan" }"#;
    134 SEVERAL_OF_KEYS Error
        "{object} hanya boleh memiliki salah satu dari {keys}", "{object} may have only one of {keys}"
        help "pilih satu dan hapus yang lain", "choose one and delete the others"
        page "Kunci-kunci ini saling meniadakan: bersama-sama artinya tidak jelas. Pilih satu.",
             "These keys exclude one another: together their meaning is not clear. Choose one."
        bad r#"{ "next": "a", "end": "selesai" }"# good r#"{ "next": "a" }"#;
    140 WRONG_TYPE Error
        "{place} harus berupa {expected}, bukan {found}", "{place} has to be {expected}, not {found}"
        page "Setiap kunci menerima satu jenis nilai: teks dalam tanda kutip, angka, true atau false, larik [ … ], atau objek { … }.",
             "Each key takes one type of value: a text in quotes, a number, true or false, an array [ … ], or an object { … }."
        bad r#""requires": "surat_pd""# good r#""requires": ["surat_pd"]"#;
    141 NUMBER_OUT_OF_RANGE Error
        "{place} harus bilangan bulat dari {min} sampai {max}, bukan {found}", "{place} has to be a whole number from {min} to {max}, not {found}"
        page "Nilai ini bilangan bulat dalam batas tertentu. Pecahan dan bentuk 1e3 tidak diterima.",
             "The value is a whole number within limits. Fractions and the form 1e3 are not taken."
        bad r#""limit": -1"# good r#""limit": 3"#;
    142 UNKNOWN_VALUE Error
        "{place} tidak mengenal `{value}`", "{place} does not know `{value}`"
        help "pilihannya: {known}", "the choices: {known}"
        page "Kunci ini hanya menerima nilai dari daftar tertentu, huruf demi huruf. Daftarnya ada pada bantuan dan di penyunting.",
             "The key takes only values from a list, letter by letter. The list is in the help and in the editor."
        bad r#""kind": "kasus""# good r#""kind": "case""#;
    143 BAD_ID Error
        "`{id}` bukan id: {reason}", "`{id}` is not an id: {reason}"
        help "id terdiri dari huruf kecil, angka, dan garis bawah, diawali huruf, paling panjang 64", "an id has lower case letters, digits and underscores, begins with a letter, and has at most 64"
        page "Id adalah nama pendek yang dirujuk dari tempat lain dan tercatat dalam riwayat: huruf kecil a–z, angka, dan garis bawah, diawali huruf, paling banyak 64 tanda. Nama yang dibaca orang ditulis dalam `title`.",
             "An id is a short name that other places refer to and that the history keeps: lower case letters a–z, digits and underscores, beginning with a letter, at most 64. The name that people read goes into `title`."
        bad r#""id": "Tata Usaha""# good r#""id": "tata_usaha""#;
    145 NULL_VALUE Error
        "{place} tidak boleh `null`", "{place} can't be `null`"
        help "kunci yang tidak diperlukan ditiadakan saja", "a key that isn't needed is left out"
        page "Yang tidak ada ditiadakan, tidak ditulis null: dengan begitu hanya ada satu cara untuk menulis hal yang sama.",
             "What isn't there is left out, not written as null: so there is one way to write the same thing."
        bad r#""remark": null"# good "{}";
    150 FORMAT_VERSION Error
        "format {found} tidak dikenal", "the format {found} is unknown"
        help "yang dibaca: format {known}; perbarui program ini bila berkasnya lebih baru", "what is read: format {known}; update this program if the file is newer"
        page "Kunci `format` menyebut edisi format berkas. Berkas dari edisi lain tidak dibaca dengan menebak: artinya mungkin berbeda. Perbarui program, atau ubah berkas menurut catatan rilis.",
             "The key `format` names the edition of the file format. A file of another edition isn't read by guessing: it may mean something else. Update the program, or change the file as the release notes say."
        bad r#"{ "format": 99 }"# good r#"{ "format": 1 }"#;
    160 TOO_MANY_FINDINGS Note
        "{count} galat lain tidak ditampilkan", "{count} more errors are not shown"
        page "Daftar galat dibatasi. Perbaiki yang tampil, lalu periksa lagi; banyak di antaranya biasanya berasal dari sebab yang sama.",
             "The list of errors is limited. Mend those shown and check again; many of them mostly have the same cause."
        bad r#"[1, 1, 1, …]"# good r#"["a", "b", "c"]"#;
}
