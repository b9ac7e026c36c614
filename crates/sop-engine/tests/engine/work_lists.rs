//! Work lists: what is on them, in which order, with which form.

use sop_engine::core::case::Status;
use sop_engine::core::guard::FieldType;
use sop_engine::{Completion, Opening};

use crate::office::{Office, person, picks, role, straight, unit};

#[test]
fn what_is_overdue_comes_first_then_what_is_due_first() {
    let office = Office::narasumber();
    let mut cases = Vec::new();
    for _ in 0..3 {
        let case = office.start().case;
        office.complete(office.wait(case), "tamu", &Completion::default()).unwrap();
        cases.push(case);
        office.pass(10);
    }
    // The second is handled: it waits for the clerk anew, and is due last.
    office.complete(office.wait(cases[1]), "awang", &picks("setuju")).unwrap();
    let list = office.engine.worklist(&person("dayang")).unwrap();
    let seen: Vec<_> = list.iter().map(|item| (item.wait.case, item.overdue)).collect();
    assert_eq!(seen, [(cases[0], true), (cases[2], true), (cases[1], false)]);
    assert_eq!(list[0].overdue_by.minutes(), 25);
    assert_eq!(
        list[0].why.id,
        "Menunggu Petugas Informasi/ TU sejak 13-04-2026 08.00 WIB; jatuh tempo 13-04-2026 08.05 WIB, terlambat 25 menit kerja."
    );
    assert_eq!(
        list[2].why.en,
        "Waiting for Petugas Informasi/ TU since 13-04-2026 08.30 WIB; due 13-04-2026 08.35 WIB."
    );
    let page = office.engine.worklist_page(&person("dayang"), Some(list[0].key), 1).unwrap();
    assert_eq!(page, [list[1].clone()]);
    assert_eq!(office.engine.worklist_of_role(&office.procedure, &role("tu")).unwrap().len(), 3);
    assert!(office.engine.worklist(&person("ranggas")).unwrap().is_empty());
    assert!(office.engine.worklist(&person("entah")).unwrap().is_empty());
}

#[test]
fn a_form_says_what_to_ask() {
    let office = Office::narasumber();
    let case = office.start().case;
    office.run(case, &straight()[..3]);
    let list = office.engine.worklist(&person("damar")).unwrap();
    let item = &list[0];
    assert_eq!((item.row.as_str(), item.step.id.as_str(), item.edition), ("4", "disposisikan", 1));
    assert_eq!(item.subject, "Narasumber bimtek koperasi");
    assert!(item.activity.starts_with("Menindaklanjuti dengan mendisposisikan"));
    assert_eq!(item.form.outcomes.len(), 1);
    assert_eq!(item.form.outcomes[0].fields, ["bagian"]);
    assert!(matches!(&item.form.fields[0].ty, FieldType::Unit(units) if units.len() == 4));
    let papers: Vec<_> = item.form.requires.iter().map(|paper| (paper.paper.id.as_str(), paper.version)).collect();
    assert_eq!(papers, [("surat_pd", 1), ("disposisi", 1)]);
}

#[test]
fn a_role_per_unit_waits_for_the_unit_that_was_picked() {
    let office = Office::narasumber();
    let case = office.start().case;
    office.run(case, &straight()[..3]);
    office.complete(office.wait(case), "damar", &unit("pelayanan")).unwrap();
    let list = office.engine.worklist(&person("galih")).unwrap();
    assert_eq!(list[0].bound.as_deref(), Some("pelayanan"));
    assert!(list[0].why.id.starts_with("Menunggu Kepala Bagian Terkait (pelayanan) sejak "), "{}", list[0].why.id);
    assert!(office.engine.worklist(&person("lestari")).unwrap().is_empty());
    assert_eq!(office.engine.worklist_of_role(&office.procedure, &role("kabag")).unwrap().len(), 1);
}

#[test]
fn the_requester_has_a_list_too_and_an_escalation_adds_to_others() {
    let office = Office::narasumber();
    let case = office.start().case;
    let other = Opening::about("lain");
    office.engine.start(&office.procedure, &person("lain"), &other, None).unwrap().unwrap();
    let list = office.engine.worklist(&person("tamu")).unwrap();
    assert_eq!(list.iter().map(|item| item.wait.case).collect::<Vec<_>>(), [case]);
    office.complete(list[0].wait, "tamu", &Completion::default()).unwrap();
    assert!(office.engine.worklist(&person("damar")).unwrap().is_empty());
    // A working day after it was due, it is escalated to the superior.
    office.pass(3 * 24 * 60);
    office.engine.advance_to_clock().unwrap();
    let list = office.engine.worklist(&person("damar")).unwrap();
    assert_eq!(list.len(), 1);
    assert!(list[0].why.id.contains("; dinaikkan kepada "), "{}", list[0].why.id);
    assert_eq!(list[0].accountable.as_ref().unwrap().id, list[0].roles.last().unwrap().id);
}

#[test]
fn a_split_puts_two_steps_on_two_work_lists() {
    let office = Office::with("fixtures/paralel.json", "fixtures/pejabat.json");
    let done = office.engine.start(&office.procedure, &person("yusuf"), &Opening::about("rapat"), None).unwrap();
    let opened = done.unwrap();
    assert_eq!(opened.opened.len(), 1);
    assert_eq!(office.engine.worklist(&person("yusuf")).unwrap().len(), 1);
    office.complete(opened.opened[0], "yusuf", &Completion::default()).unwrap();
    let split = office.complete(office.wait(opened.case), "tono", &Completion::default()).unwrap();
    assert_eq!(split.opened.len(), 2);
    assert_eq!(office.engine.case(opened.case).unwrap().unwrap().waits.len(), 2);
    assert_eq!(office.engine.worklist(&person("siska")).unwrap()[0].step.id, "susun_undangan");
}

/// Whoever picks an outcome sees beforehand that it no longer sends back, and where it leads instead.
#[test]
fn a_form_says_where_a_used_up_return_leads() {
    let office = Office::narasumber();
    let case = office.start().case;
    for round in 0..4 {
        office.complete(office.wait(case), "tamu", &Completion::default()).unwrap();
        let item = office.engine.case(case).unwrap().unwrap().waits.remove(0);
        let refuse = item.form.outcomes.iter().find(|choice| choice.returns).unwrap();
        assert_eq!(refuse.returns_left, Some(3 - round));
        assert_eq!(refuse.instead.as_ref().map(|end| end.id.as_str()), (round == 3).then_some("dihentikan"));
        office.complete(office.wait(case), "awang", &picks("tidak_setuju")).unwrap();
    }
    assert_eq!(office.engine.case(case).unwrap().unwrap().status, Status::Stopped);
}
