//! What repairs are called.

use sop_core::diagnostic::Bilingual;

pub(crate) fn limit(row: &str) -> Bilingual {
    Bilingual::new(format!("batasi pengembalian baris {row}"), format!("limit the return of row {row}"))
}

pub(crate) fn limit_all() -> Bilingual {
    Bilingual::new("batasi semua pengembalian", "limit all returns")
}

pub(crate) fn otherwise(row: &str) -> Bilingual {
    Bilingual::new(
        format!("tambahkan cabang untuk nilai yang belum tercakup di baris {row}"),
        format!("add a branch for the values that are not covered in row {row}"),
    )
}

pub(crate) fn first_wins(row: &str) -> Bilingual {
    Bilingual::new(
        format!("biarkan syarat yang lebih dahulu menang di baris {row}"),
        format!("let the earlier condition win in row {row}"),
    )
}

pub(crate) fn reopen(row: &str) -> Bilingual {
    Bilingual::new(
        format!("akhiri kasus, bukan menutup keputusan, di baris {row}"),
        format!("end the case instead of closing the outcome in row {row}"),
    )
}

pub(crate) fn makes(row: &str, paper: &str) -> Bilingual {
    Bilingual::new(format!("baris {row} membuat `{paper}` sendiri"), format!("row {row} makes `{paper}` itself"))
}

pub(crate) fn drop_requirement(row: &str, paper: &str) -> Bilingual {
    Bilingual::new(
        format!("hapus `{paper}` dari kelengkapan baris {row}"),
        format!("drop `{paper}` from what row {row} requires"),
    )
}

pub(crate) fn produce_earlier(row: &str, paper: &str) -> Bilingual {
    Bilingual::new(format!("jadikan `{paper}` output baris {row}"), format!("make `{paper}` an output of row {row}"))
}

pub(crate) fn drop_output(row: &str, paper: &str) -> Bilingual {
    Bilingual::new(
        format!("hapus `{paper}` dari output baris {row}"),
        format!("drop `{paper}` from what row {row} hands out"),
    )
}

pub(crate) fn within(row: &str) -> Bilingual {
    Bilingual::new(format!("beri batas waktu untuk baris {row}"), format!("give row {row} a budget of time"))
}

pub(crate) fn remind(row: &str) -> Bilingual {
    Bilingual::new(
        format!("ingatkan penanggung jawab baris {row} berulang-ulang"),
        format!("remind whoever is accountable for row {row} again and again"),
    )
}

pub(crate) fn leave(row: &str) -> Bilingual {
    Bilingual::new(
        format!("akhiri baris {row} setelah lama terlambat"),
        format!("end the wait of row {row} when it has been late for long"),
    )
}

pub(crate) fn promise() -> Bilingual {
    Bilingual::new("sesuaikan janji layanan dengan waktu terburuk", "promise no less than the worst case")
}

pub(crate) fn no_join(row: &str) -> Bilingual {
    Bilingual::new(
        format!("baris {row} tidak menunggu semua sumbernya"),
        format!("let row {row} not wait for all of its sources"),
    )
}

pub(crate) fn end_kind(end: &str, kind: &str) -> Bilingual {
    Bilingual::new(
        format!("jadikan akhir `{end}` berjenis {kind}"),
        format!("let the end `{end}` be of the kind {kind}"),
    )
}

pub(crate) fn one_way(row: &str) -> Bilingual {
    Bilingual::new(
        format!("baris {row} meneruskan ke satu langkah saja"),
        format!("let row {row} lead to one step only"),
    )
}

pub(crate) fn drop_exit(row: &str) -> Bilingual {
    Bilingual::new(
        format!("hapus jalan baris {row} yang tidak pernah ditempuh"),
        format!("remove the exit of row {row} that is never taken"),
    )
}

pub(crate) fn drop_step(row: &str) -> Bilingual {
    Bilingual::new(
        format!("hapus baris {row} yang tidak pernah tercapai"),
        format!("remove row {row}, which is never reached"),
    )
}

pub(crate) fn second_holder(post: &str, person: &str) -> Bilingual {
    Bilingual::new(format!("tunjuk {person} juga sebagai {post}"), format!("name {person} as another {post}"))
}
