//! Names that analysts give to things: one type for each kind of thing, so that a step's name cannot be passed where
//! a role's is meant. All share one pattern: `[a-z][a-z0-9_]{0,63}`.

id_type! {
    /// The name of a definition; deployed editions of one procedure share it.
    pub DefinitionId "Nama singkat definisi"
}
id_type! {
    /// The name of a role (a column of the table) or, in the policy part, of a post of the office.
    pub RoleId "Nama singkat peran (kolom pelaksana) atau jabatan"
}
id_type! {
    /// The name of a paper.
    pub PaperId "Nama singkat berkas"
}
id_type! {
    /// The name of a field of the case.
    pub FieldId "Nama singkat isian"
}
id_type! {
    /// The name of one allowed value of a choice field.
    pub ChoiceId "Nama singkat pilihan"
}
id_type! {
    /// The name of a step: one symbol in a row.
    pub StepId "Nama singkat langkah"
}
id_type! {
    /// The name of an outcome, unique within its step.
    pub OutcomeId "Nama singkat keputusan"
}
id_type! {
    /// The name of a way to open a case.
    pub StartId "Nama singkat awal"
}
id_type! {
    /// The name of an end.
    pub EndId "Nama singkat akhir"
}
id_type! {
    /// The name of an office file.
    pub OfficeId "Nama singkat kantor"
}
id_type! {
    /// The name of a post in the office.
    pub PostId "Nama singkat jabatan"
}
id_type! {
    /// The name of a unit of the office.
    pub UnitId "Nama singkat unit kerja"
}
id_type! {
    /// The name of a register, such as the agenda of outgoing letters.
    pub RegisterId "Nama singkat buku register"
}
id_type! {
    /// The name of a calendar.
    pub CalendarId "Nama singkat kalender"
}
id_type! {
    /// The name of a directory of officials.
    pub DirectoryId "Nama singkat daftar pejabat"
}
id_type! {
    /// The name of a person, as the host knows it.
    pub PersonId "Nama singkat orang"
}
id_type! {
    /// The name of a unit or of a choice: a value that binds a role filled per field.
    pub BindingId "Nama singkat unit atau pilihan"
}
