//! Requests that go through *SOP Fasilitas Penyediaan Narasumber*.

use sop_engine::core::case::{Rejection, Status};
use sop_engine::core::definition::RegisterId;
use sop_engine::{Completion, Refusal};

use crate::office::{MONDAY, Office, at, bundle, picks, straight};

#[test]
fn straight_through_takes_135_working_minutes_and_a_number() {
    let office = Office::narasumber();
    let case = office.start().case;
    let done = office.run(case, &straight());
    assert_eq!(done.ended, Some(Status::Finished));
    let calendar = bundle("narasumber.json").calendar().clone();
    assert_eq!(calendar.measure(at(MONDAY), done.at).minutes(), 135);

    let view = office.engine.case(case).unwrap().unwrap();
    assert_eq!(view.status, Status::Finished);
    assert_eq!(view.ends.iter().map(|end| end.id.as_str()).collect::<Vec<_>>(), ["selesai"]);
    assert!(view.waits.is_empty());
    assert_eq!(view.values[0].1, "tatalaksana");
    assert_eq!(view.version, 14);
    assert_eq!(view.unproved, None);

    let agenda = office.engine.register(&RegisterId::new("agenda_keluar").unwrap()).unwrap();
    assert_eq!(agenda.len(), 1);
    assert_eq!((agenda[0].number, agenda[0].text.as_str()), (1, "000.8/1/DISKOPUKM.A/2026"));
    assert_eq!(agenda[0].subject, "Narasumber bimtek koperasi");

    let history = office.engine.history(case).unwrap();
    assert_eq!(history.len(), 14);
    let lines: Vec<&str> = history.iter().flat_map(|entry| &entry.lines).map(|line| line.id.as_str()).collect();
    assert_eq!(lines[0], "Permohonan dibuka oleh tamu: Narasumber bimtek koperasi");
    assert!(lines.contains(&"baris 2 · Awang Ketapangan, A.Md., Petugas Informasi/ TU: Setuju"), "{lines:#?}");
    assert!(lines.contains(&"baris 3 · Awang Ketapangan, A.Md., Petugas Informasi/ TU: selesai"), "{lines:#?}");
    assert!(lines.contains(&"baris 3 menunggu Petugas Informasi/ TU, jatuh tempo 08.15"), "{lines:#?}");
    let english: Vec<&str> = history.iter().flat_map(|entry| &entry.lines).map(|line| line.en.as_str()).collect();
    assert!(english.contains(&"row 3 waits for Petugas Informasi/ TU, due 08.15"), "{english:#?}");
    assert!(english.contains(&"row 3 · Awang Ketapangan, A.Md., Petugas Informasi/ TU: done"), "{english:#?}");
    assert!(lines.contains(&"Nomor 000.8/1/DISKOPUKM.A/2026 dari Buku agenda surat keluar"), "{lines:#?}");
    assert_eq!(*lines.last().unwrap(), "Permohonan selesai");
}

#[test]
fn numbers_have_no_gaps_over_several_cases() {
    let office = Office::narasumber();
    let mut texts = Vec::new();
    for _ in 0..3 {
        let case = office.start().case;
        let steps = straight();
        let done = office.run(case, &steps[..11]);
        texts.extend(done.numbers.into_iter().map(|number| number.text));
    }
    assert_eq!(texts, ["000.8/1/DISKOPUKM.A/2026", "000.8/2/DISKOPUKM.A/2026", "000.8/3/DISKOPUKM.A/2026"]);
}

#[test]
fn the_return_beyond_the_limit_ends_the_case_as_the_policy_says() {
    let office = Office::narasumber();
    let case = office.start().case;
    for sent_back in 0..4 {
        office.complete(office.wait(case), "tamu", &Completion::default()).unwrap();
        let wait = office.wait(case);
        let view = office.engine.case(case).unwrap().unwrap();
        assert_eq!(view.returns.first().map_or(0, |taken| taken.count), sent_back);
        let choice = &view.waits[0].form.outcomes[1];
        assert_eq!((choice.returns, choice.returns_left), (true, Some(3 - sent_back)));
        let done = office.complete(wait, "awang", &picks("tidak_setuju")).unwrap();
        assert_eq!(done.ended, (sent_back == 3).then_some(Status::Stopped));
    }
    let view = office.engine.case(case).unwrap().unwrap();
    assert_eq!(view.ends[0].title, "Dihentikan karena terlalu sering dikembalikan");
    assert!(office.engine.cases().is_empty());
}

#[test]
fn a_stale_screen_never_completes_the_rework() {
    let office = Office::narasumber();
    let opened = office.start();
    let first = opened.opened[0];
    office.complete(first, "tamu", &Completion::default()).unwrap();
    office.complete(office.wait(opened.case), "awang", &picks("tidak_setuju")).unwrap();
    let refused = office.complete(first, "tamu", &Completion::default());
    assert_eq!(refused, Err(Refusal::Rejected(Rejection::WaitIsOver { wait: 1 })));
    assert!(office.engine.case(opened.case).unwrap().unwrap().waits[0].rework);
}
