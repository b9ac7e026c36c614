//! `SOP2xxx`: the engine, and the files that it reads.

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
    2003 REFERENCE_NOT_RELATIVE Error
        "`{key}` menyebut `{file}`, yang tidak relatif terhadap berkas ini", "`{key}` names `{file}`, which is not relative to this file"
        help "tulis letaknya dihitung dari berkas ini", "write the path as seen from this file"
        page "Letak yang dimulai dari akar sistem hanya berlaku di satu komputer, dan dapat menunjuk berkas yang tidak dimaksud. Tulis letaknya dihitung dari berkas yang menyebut, supaya seluruh folder dapat dipindahkan.",
             "A path from the root holds on one machine only, and may lead to a file that isn't meant. Write it as seen from the file that names it, so that the folder can be moved as a whole."
        bad r#""office": "/srv/sop/kantor.json""# good r#""office": "kantor.json""#;
}
