//! `SOP2xxx`: the engine and its store.

use crate::diagnostic::registry::rule_table;

rule_table! {
    2001 FILE_UNREADABLE Error
        "berkas `{file}` tidak dapat dibaca: {reason}", "the file `{file}` can't be read: {reason}"
        help "periksa nama, letak, dan izin bacanya", "see whether its name, its place and the right to read it are as they should be"
        page "Berkas yang diberikan tidak ada, tidak boleh dibaca pengguna ini, atau berada di perangkat yang tidak tersambung. Alasan dari sistem operasi disebut dalam pesannya.",
             "The file given isn't there, may not be read by this user, or is on a device that isn't connected. The message says what the operating system says."
        bad "sop check narasumbr.json" good "sop check narasumber.json";
    2002 REFERENCED_FILE_MISSING Error
        "`{key}` menunjuk berkas yang tidak ada: `{file}`", "`{key}` names a file that is not there: `{file}`"
        help "letaknya dihitung dari berkas yang menyebutnya", "the path is relative to the file that names it"
        page "Definisi menunjuk berkas kantornya, dan berkas kantor menunjuk kalendernya. Letaknya dihitung dari berkas yang menyebut, bukan dari folder kerja. Salin berkasnya ke sana, atau perbaiki letaknya.",
             "A definition names its office file, and an office file its calendar. The path is relative to the file that names it, not to the working folder. Copy the file there, or correct the path."
        bad r#""calendar": "kalbar.json""# good r#""calendar": "calendars/kalbar.json""#;
    2010 STORE_LOCKED Error
        "`{file}` sedang dipakai proses lain", "`{file}` is in use by another process"
        help "tutup program lain yang memakainya, lalu coba lagi", "close the other program that uses it, then try again"
        page "Penyimpanan hanya boleh ditulis satu program pada satu saat, supaya tidak ada kasus yang bergerak dua kali. Biasanya layanannya masih berjalan, atau perintah lain belum selesai. Jangan menghapus berkas penguncinya.",
             "Only one program at a time may write to a store, so that no case moves twice. Mostly the service is still running, or another command hasn't finished. Don't delete the lock."
        bad "dua program membuka sop.db" good "satu program membuka sop.db";
    2011 STORE_SCHEMA Error
        "penyimpanan ini versi {found}, sedangkan program mengenal sampai versi {known}", "the store has version {found}, and this program knows versions up to {known}"
        help "perbarui program; jangan membuka penyimpanan ini dengan program yang lebih lama", "update the program; don't open the store with an older one"
        page "Penyimpanan pernah dibuka program yang lebih baru, yang menyimpan dengan susunan lain. Program lama tidak menebak isinya, sebab dapat merusak riwayat. Pasang program yang sama barunya.",
             "The store was opened by a newer program before, which keeps things in another layout. An older program doesn't guess, since that could damage the history. Install the newer program."
        bad "program lama, penyimpanan baru" good "program baru, penyimpanan baru";
    2012 STORE_DAMAGED Error
        "penyimpanan `{file}` rusak: {reason}", "the store `{file}` is damaged: {reason}"
        help "hentikan layanan, simpan salinan berkasnya, lalu pulihkan dari cadangan", "stop the service, keep a copy of the file, and restore a backup"
        page "Isi penyimpanan tidak utuh: sebuah catatan hilang, berubah, atau tidak dapat dibaca. Program berhenti, sebab riwayat yang tidak utuh tidak boleh diteruskan. Simpan berkas yang rusak untuk diperiksa, dan pulihkan cadangan terakhir.",
             "What the store holds isn't intact: a record is missing, changed or unreadable. The program stops, since a history that isn't intact must not be continued. Keep the damaged file to look into it, and restore the last backup."
        bad "sop.db setelah listrik padam" good "cp cadangan/sop.db sop.db";
    2013 STORE_READ_ONLY Error
        "penyimpanan `{file}` hanya dapat dibaca", "the store `{file}` is read-only"
        help "beri izin tulis pada berkas beserta foldernya", "allow writing to the file and its folder"
        page "Program dapat membaca penyimpanan ini, tetapi tidak dapat menulis, sehingga tidak ada tugas yang dapat diselesaikan. Biasanya izinnya kurang, foldernya dipasang hanya-baca, atau berkasnya salinan arsip.",
             "The program can read the store but not write to it, so no task can be completed. Mostly a right is missing, the folder is mounted read-only, or the file is an archived copy."
        bad "chmod 444 sop.db" good "chmod 640 sop.db";
}
