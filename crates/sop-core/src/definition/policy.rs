//! The policy part: not signed, how the office runs the procedure. It adds ways out only where a bound or a timer
//! runs out, and changes no route of the signed part.

use indexmap::IndexMap;

use super::flow::{End, FieldDefinition};
use super::ids::{EndId, FieldId, OutcomeId, PaperId, PostId, RegisterId, RoleId, StepId};
use crate::time::Date;

record! {
    /// How the office runs the procedure.
    pub struct Policy "Kebijakan" "Cara kantor menjalankan SOP; bukan bagian naskah yang disahkan." {
        /// Why there is a policy, and whose it is.
        required reason: String = "Alasan dan pemilik kebijakan ini.",
        /// The role or post that stands behind every case.
        optional owner: Option<RoleId> = "Peran atau jabatan penanggung jawab seluruh kasus.",
        /// The default for every return.
        optional returns: Option<ReturnPolicy> = "Ketentuan umum pengembalian.",
        /// Ends that only the policy uses.
        default ends: Vec<End> = "Akhir yang hanya dipakai kebijakan.",
        /// Whether and until when the requester may withdraw.
        optional withdraw: Option<WithdrawPolicy> = "Penarikan oleh pemohon.",
        /// Fields that only the policy uses.
        default fields: Vec<FieldDefinition> = "Isian yang hanya dipakai kebijakan.",
        /// How roles are filled.
        default roles: IndexMap<RoleId, RolePolicy> = "Pengisian peran.",
        /// The ladder of an overdue wait, instead of the office's.
        optional overdue: Option<Vec<Rung>> = "Tangga keterlambatan, pengganti milik kantor.",
        /// What concerns single steps.
        default steps: IndexMap<StepId, StepPolicy> = "Ketentuan tiap langkah.",
        /// Whether and how long a wait may be held.
        optional hold: Option<HoldPolicy> = "Penundaan tugas.",
        /// What a claim does.
        optional claim: Option<ClaimPolicy> = "Pengambilan tugas.",
        /// How many comments a case may carry; 200 if absent.
        optional comments: Option<u32> = "Banyak komentar tiap kasus; 200 bila tidak disebut.",
        /// What the office promises the requester, from start to finish.
        optional promise: Option<String> = "Janji layanan dari awal sampai akhir, misalnya \"5 hari\".",
        /// Guarantees that the office does without, knowingly.
        default waive: Vec<Waiver> = "Jaminan yang dikesampingkan dengan sadar.",
    }
}

record! {
    /// How often a request may go back, and what then.
    pub struct ReturnPolicy "Pengembalian" "Berapa kali boleh kembali, dan apa sesudahnya." {
        /// How many returns are allowed, at least one.
        required limit: u32 = "Banyak pengembalian yang diperbolehkan, sedikitnya 1.",
        /// What the next one does instead.
        required then: Then = "Yang terjadi pada pengembalian berikutnya.",
    }
}

record! {
    /// What happens instead of a return beyond the limit.
    pub struct Then "Sesudah batas" "Pengganti pengembalian yang melampaui batas." {
        /// The token ends.
        optional end: Option<EndId> = "Berakhir di sini.",
        /// A step from which this return cannot be reached again.
        optional next: Option<StepId> = "Langkah yang darinya pengembalian ini tidak dapat dicapai lagi.",
        /// The outcome can no longer be picked.
        optional closed: Option<Closed> = "Keputusan ini tidak dapat dipilih lagi.",
    }
    one_of [end, next, closed]
}

choice! {
    /// What is closed when a return is used up.
    pub enum Closed "Penutupan" "Apa yang ditutup." {
        /// The outcome of the return.
        Outcome = "outcome" "Keputusan yang mengembalikan.",
    }
}

record! {
    /// Withdrawal by the requester.
    pub struct WithdrawPolicy "Penarikan" "Penarikan oleh pemohon." {
        /// Allowed as long as this step has not been completed.
        required until: StepId = "Boleh selama langkah ini belum diselesaikan.",
        /// The end that the case takes; its kind is `stop`.
        required end: EndId = "Akhir kasus; jenisnya stop.",
    }
}

record! {
    /// How a role is filled.
    pub struct RolePolicy "Pengisian peran" "Siapa yang memegang peran." {
        /// The post that holds the role, where its name is another.
        optional post: Option<PostId> = "Jabatan yang memegang peran bila namanya lain.",
        /// The field whose value picks the holder.
        optional per: Option<FieldId> = "Isian yang nilainya menentukan pemegang.",
        /// The role or post above; the office's post if absent.
        optional superior: Option<RoleId> = "Atasannya; bila tidak disebut, menurut berkas kantor.",
        /// The role or post that is reminded when this role sleeps.
        optional accountable: Option<RoleId> = "Yang bertanggung jawab bila peran ini diam.",
    }
}

record! {
    /// A stage of the ladder of an overdue wait.
    pub struct Rung "Anak tangga" "Satu tahap penanganan keterlambatan." {
        /// Once, this long after the wait is due.
        optional after: Option<String> = "Satu kali, sekian lama setelah jatuh tempo.",
        /// Again and again, counted from when the wait is due.
        optional every: Option<String> = "Berulang, dihitung sejak jatuh tempo.",
        /// Remind `doer`, `accountable`, `superior`, or a role.
        optional remind: Option<RoleId> = "Ingatkan: doer, accountable, superior, atau sebuah peran.",
        /// A further role may act and is now accountable: `superior` or a role.
        optional escalate: Option<RoleId> = "Naikkan ke superior atau sebuah peran: ia boleh bertindak dan kini bertanggung jawab.",
        /// Another role acts instead.
        optional reassign: Option<RoleId> = "Alihkan ke peran lain.",
        /// The wait takes this outcome.
        optional outcome: Option<OutcomeId> = "Tugas mengambil keputusan ini.",
        /// The wait ends here.
        optional end: Option<EndId> = "Tugas berakhir di sini.",
    }
    one_of [after, every]
    one_of [remind, escalate, reassign, outcome, end]
}

record! {
    /// What concerns one step.
    pub struct StepPolicy "Ketentuan langkah" "Ketentuan untuk satu langkah." {
        /// Why; required beside `makes`.
        optional reason: Option<String> = "Alasan; wajib bila ada makes.",
        /// Further fields that a completion sets.
        default collects: Vec<FieldId> = "Isian tambahan yang diisi.",
        /// Papers that the step makes although it is drawn as requiring them.
        default makes: Vec<PaperId> = "Berkas yang dibuat langkah ini walau tertulis sebagai kelengkapan.",
        /// Steps that another person must have completed.
        default distinct_from: Vec<StepId> = "Langkah yang harus diselesaikan orang lain.",
        /// Steps that the same person must have completed.
        default same_as: Vec<StepId> = "Langkah yang harus diselesaikan orang yang sama.",
        /// The register that gives the completion a number.
        optional register: Option<RegisterId> = "Buku register yang memberi nomor.",
        /// The budget where the table gives none.
        optional within: Option<String> = "Batas waktu bila naskah tidak menyebutnya.",
        /// The budget after a return, instead of a fresh one.
        optional rework_time: Option<String> = "Batas waktu setelah pengembalian.",
        /// Other limits for single outcomes.
        default returns: IndexMap<OutcomeId, ReturnPolicy> = "Batas pengembalian tiap keputusan.",
        /// The step's own ladder, instead of the default one.
        optional overdue: Option<Vec<Rung>> = "Tangga keterlambatan langkah ini, pengganti yang umum.",
        /// Whether an acting officer needs a mandate that decides (UU 30/2014 article 14).
        default strategic: bool = "Benar bila Plh/Plt perlu mandat memutuskan (UU 30/2014 pasal 14).",
    }
}

record! {
    /// How long a wait may be held.
    pub struct HoldPolicy "Penundaan" "Berapa lama tugas boleh ditunda." {
        /// The longest time from the hold to its end.
        required max: String = "Waktu terlama sejak ditunda.",
    }
}

record! {
    /// What a claim does.
    pub struct ClaimPolicy "Pengambilan" "Akibat pengambilan tugas." {
        /// How long a claim keeps others out.
        required exclusive: String = "Berapa lama orang lain tidak dapat menyelesaikannya.",
    }
}

record! {
    /// A guarantee that the office does without, knowingly.
    pub struct Waiver "Pengesampingan" "Jaminan yang dikesampingkan dengan sadar." {
        /// Which guarantee.
        required guarantee: GuaranteeName = "Jaminan yang dikesampingkan.",
        /// The step that it concerns; the whole process if absent.
        optional step: Option<StepId> = "Langkah yang bersangkutan; seluruh proses bila tidak disebut.",
        /// The paper that it concerns (`supplied`).
        optional paper: Option<PaperId> = "Berkas yang bersangkutan (supplied).",
        /// Why.
        required reason: String = "Alasannya.",
        /// Who decided so.
        required by: String = "Yang memutuskan.",
        /// The last day on which it holds.
        required until: Date = "Hari terakhir berlakunya.",
    }
}

choice! {
    /// The nine guarantees, as waivers and verdicts name them.
    pub enum GuaranteeName "Jaminan" "Sembilan jaminan." {
        /// Can every request still finish, wherever it is?
        Completable = "completable" "Setiap permohonan masih dapat selesai.",
        /// Is there always exactly one way on?
        Decided = "decided" "Selalu tepat satu jalan.",
        /// Does nothing pile up, dangle or lie dead?
        Clean = "clean" "Tidak ada yang menumpuk, menggantung, atau mati.",
        /// Is every paper there when it is needed?
        Supplied = "supplied" "Berkas tersedia saat diperlukan.",
        /// Does it end, however people decide?
        Bounded = "bounded" "Pasti berakhir, apa pun keputusannya.",
        /// Does anybody notice when nothing happens?
        Watched = "watched" "Ada yang tahu bila berhenti.",
        /// How long at the very worst?
        Timely = "timely" "Waktu terburuk.",
        /// Does it end even if nobody ever acts?
        Unattended = "unattended" "Berakhir walau tidak ada yang bertindak.",
        /// Is there always somebody who may act?
        Staffed = "staffed" "Selalu ada yang berwenang bertindak.",
    }
}
