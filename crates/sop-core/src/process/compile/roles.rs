//! Roles: the columns of the table, and the posts of the office that the policy brings in.

use super::{Compiler, policy_place};
use crate::definition::{PostId, RolePolicy};
use crate::diagnostic::{Diagnostic, rules};
use crate::guard::FieldIx;
use crate::process::index::{Position, RoleIx, Table};
use crate::process::tables::RoleSpec;
use crate::text::Pointer;

impl<'a> Compiler<'a> {
    pub(super) fn roles(&mut self) -> Table<RoleIx, RoleSpec> {
        let definition = self.definition;
        let office = self.office.office();
        let mut specs: Vec<RoleSpec> = Vec::new();
        for role in &definition.roles {
            let policy = self.role_policy(role.id.as_str());
            // Ids of roles and of posts have the same pattern, so that one always is the other.
            let post = policy.and_then(|policy| policy.post.clone()).or_else(|| PostId::new(role.id.as_str()).ok());
            let Some(post) = post else { continue };
            specs.push(RoleSpec {
                id: role.id.clone(),
                title: role.title.clone(),
                post,
                per: None,
                requester: role.requester,
                superior: None,
                accountable: None,
                column: true,
            });
        }
        let requesters = definition.roles.iter().enumerate().filter(|(_, role)| role.requester);
        if let Some((place, role)) = requesters.clone().nth(1) {
            let pointer = Pointer::root().key("roles").index(place).key("requester");
            self.report(Diagnostic::new(&rules::SECOND_REQUESTER, pointer).with("id", role.id.as_str()));
        }
        if self.policy.is_some() {
            for post in &office.posts {
                if !definition.roles.iter().any(|role| role.id.as_str() == post.id.as_str())
                    && let Ok(id) = crate::definition::RoleId::new(post.id.as_str())
                {
                    specs.push(RoleSpec {
                        id,
                        title: post.title.clone(),
                        post: post.id.clone(),
                        per: None,
                        requester: false,
                        superior: None,
                        accountable: None,
                        column: false,
                    });
                }
            }
        }
        self.check_acts_through();
        self.fill_roles(&mut specs);
        Table::new(specs)
    }

    fn role_policy(&self, id: &str) -> Option<&'a RolePolicy> {
        self.policy.and_then(|policy| policy.roles.get(id))
    }

    /// Fills in what the policy and the office say about the roles.
    fn fill_roles(&mut self, specs: &mut [RoleSpec]) {
        let Some(policy) = self.policy else { return };
        let owner = match &policy.owner {
            Some(owner) => self.role(owner.as_str(), || policy_place("owner")),
            None => None,
        };
        for (id, written) in &policy.roles {
            let here = || policy_place("roles").key(id.as_str());
            self.role(id.as_str(), here);
            if let Some(post) = &written.post
                && !self.names.posts.contains_key(post.as_str())
            {
                let finding = Diagnostic::new(&rules::DANGLING_REFERENCE, here().key("post"))
                    .with("key", "post")
                    .with("kind", crate::diagnostic::Both { id: "jabatan", en: "post" })
                    .with("id", post.as_str());
                self.report(finding);
            }
        }
        let posts: Vec<PostId> = specs.iter().map(|spec| spec.post.clone()).collect();
        let definition = self.definition;
        let definition_role = |place: usize| definition.roles.get(place);
        let held_by = |post: &str| posts.iter().position(|held| held.as_str() == post).map(RoleIx::at);
        for (place, spec) in specs.iter_mut().enumerate() {
            let role = RoleIx::at(place);
            let written = policy.roles.get(spec.id.as_str());
            let here = || policy_place("roles").key(spec.id.as_str());
            if let Some(per) = written.and_then(|written| written.per.as_ref()) {
                spec.per = self.per_field(per.as_str(), || here().key("per"));
            }
            let declared = match written.and_then(|written| written.superior.as_ref()) {
                Some(superior) => self.role(superior.as_str(), || here().key("superior")),
                None => None,
            };
            let by_office = || {
                let place = *self.names.posts.get(spec.post.as_str())?;
                let superior = self.office.office().posts.get(place)?.superior.as_ref()?;
                held_by(superior.as_str())
            };
            spec.superior = declared.or_else(by_office).or(owner).filter(|superior| *superior != role);
            if let Some(accountable) = written.and_then(|written| written.accountable.as_ref()) {
                let found = self.role(accountable.as_str(), || here().key("accountable"));
                if found == Some(role) {
                    let finding = Diagnostic::new(&rules::ACCOUNTABLE_IS_DOER, here().key("accountable"));
                    self.report(finding.with("role", spec.id.as_str()));
                }
                spec.accountable = found;
            }
            // A place has nobody of its own.
            let place_only = definition_role(place).is_some_and(|role| role.acts_through.is_some());
            if spec.column && !spec.requester && !place_only && !self.names.posts.contains_key(spec.post.as_str()) {
                let pointer = Pointer::root().key("roles").index(place).key("id");
                self.report(Diagnostic::new(&rules::ROLE_WITHOUT_POST, pointer).with("post", spec.post.as_str()));
            }
        }
    }

    /// The field that binds a role: a choice or a unit (W2).
    fn per_field(&mut self, id: &str, pointer: impl Fn() -> Pointer) -> Option<FieldIx> {
        let field = self.field(id, &pointer)?;
        let kind = self.field_kind(field)?;
        if !matches!(kind, crate::definition::FieldKind::Choice | crate::definition::FieldKind::Unit) {
            self.report(
                Diagnostic::new(&rules::PER_FIELD_KIND, pointer()).with("field", id).with("found", kind.as_str()),
            );
            return None;
        }
        Some(field)
    }

    fn check_acts_through(&mut self) {
        let definition = self.definition;
        for (place, role) in definition.roles.iter().enumerate() {
            let Some(through) = &role.acts_through else { continue };
            let pointer = || Pointer::root().key("roles").index(place).key("acts_through");
            let Some(other) = self.column(through.as_str(), pointer) else { continue };
            // One step is enough: who acts for a place is a person, not another place.
            let chained = definition.roles.get(other.place()).is_some_and(|other| other.acts_through.is_some());
            if chained || other.place() == place {
                self.report(Diagnostic::new(&rules::ACTS_THROUGH_CHAIN, pointer()).with("id", through.as_str()));
            }
        }
    }

    /// The role that acts where a column is a place (T5).
    pub(super) fn acting(&self, role: RoleIx) -> RoleIx {
        let through = self.definition.roles.get(role.place()).and_then(|role| role.acts_through.as_ref());
        through.and_then(|through| self.names.roles.get(through.as_str()).copied()).unwrap_or(role)
    }

    pub(super) fn owner(&self) -> Option<RoleIx> {
        let owner = self.policy?.owner.as_ref()?;
        self.names.roles.get(owner.as_str()).copied()
    }
}
