//! Everything that a guide says to a person, taken apart into fields that can be compared.

use std::collections::HashMap;

use super::{GuideField as Field, Said, SaidTerm};
use crate::guide::{Guide, Item, Material, Office, Services};

/// One thing that is said.
pub(super) struct Saying {
    pub(super) field: Field,
    /// Tells apart what is said of several; empty for what is said of the guide itself.
    pub(super) key: String,
    /// Of which of several it is said, as the person knows it.
    pub(super) of: String,
    pub(super) said: Option<Said>,
}

/// Everything that a guide says.
pub(super) fn sayings(guide: &Guide) -> Vec<Saying> {
    // Taken apart, so that a new field is not forgotten here.
    let Guide { item, code, division, office } = guide;
    let mut sayings = Sayings::default();
    sayings.item(item);
    sayings.own(Field::Code, text(code));
    sayings.own(Field::Division, text(division.as_str()));
    sayings.office(office);
    sayings.all
}

#[derive(Default)]
struct Sayings {
    all: Vec<Saying>,
    /// How many of this key there are already: two steps may have one name.
    seen: HashMap<(Field, String), usize>,
}

impl Sayings {
    /// Something that is said of the guide itself.
    fn own(&mut self, field: Field, said: Option<Said>) {
        self.all.push(Saying { field, key: String::new(), of: String::new(), said });
    }

    /// One of several, known by `key` to be the same one as before, with what is said of it.
    fn one<const N: usize>(
        &mut self,
        field: Field,
        key: &str,
        name: &str,
        parts: [(Field, Option<Said>); N],
    ) {
        let seen = self.seen.entry((field, key.to_owned())).or_default();
        *seen += 1;
        let key = format!("{seen} {key}");
        let of = String::new();
        self.all.push(Saying { field, key: key.clone(), of, said: text(name) });
        for (field, said) in parts {
            self.all.push(Saying { field, key: key.clone(), of: name.to_owned(), said });
        }
    }

    fn item(&mut self, item: &Item) {
        let Item {
            // The basic code is what makes it the same guide; its version changes with what
            // follows, or with nothing that a person notices.
            code: _,
            version: _,
            name,
            // For search.
            aliases: _,
            state,
            effective,
            cancelled,
            item_type,
            level,
            audiences,
            // Where it is shown.
            themes: _,
            project_type,
            channels,
            online_depth,
            visits,
            visit_reason,
            cross_region,
            joint_departments,
            legal_basis,
            conditions,
            steps,
            statutory_days,
            promised_days,
            special_procedures,
            fees,
            results,
            situations,
            materials,
            faq,
            services,
            assurance,
            has_form,
        } = item;
        self.own(Field::Name, text(name));
        self.own(Field::State, terms([(state.code(), state.term())]));
        self.own(Field::Effective, effective.map(Said::Day));
        self.own(Field::Cancelled, cancelled.map(Said::Day));
        self.own(Field::Type, terms([(item_type.code(), item_type.term())]));
        self.own(Field::Level, terms([(level.code(), level.term())]));
        self.own(Field::Audiences, terms(audiences.iter().map(|one| (one.code(), one.term()))));
        self.own(Field::ProjectType, terms([(project_type.code(), project_type.term())]));
        self.own(Field::Channels, terms(channels.iter().map(|one| (one.code(), one.term()))));
        self.own(Field::OnlineDepth, text(online_depth));
        self.own(Field::Visits, visits.map(number));
        self.own(Field::VisitReason, text(visit_reason));
        self.own(Field::CrossRegion, text(cross_region));
        self.own(Field::JointDepartments, texts(joint_departments));
        self.own(Field::StatutoryDays, statutory_days.map(number));
        self.own(Field::PromisedDays, promised_days.map(number));
        self.own(Field::Charged, fees.as_ref().map(|fees| Said::Flag(!fees.is_empty())));
        self.own(Field::Assurance, Some(number((*assurance).into())));
        self.own(Field::HasForm, Some(Said::Flag(*has_form)));
        let Services { appointment, online_payment, courier } = services;
        self.own(Field::Appointment, Some(Said::Flag(*appointment)));
        self.own(Field::OnlinePayment, Some(Said::Flag(*online_payment)));
        self.own(Field::Courier, Some(Said::Flag(*courier)));
        for sentence in conditions {
            self.one(Field::Condition, sentence, sentence, []);
        }
        for material in materials {
            self.material(material);
        }
        for one in situations {
            let options: Vec<String> = one.options.iter().map(|one| one.label.clone()).collect();
            self.one(
                Field::Situation,
                &one.id,
                &one.question,
                [(Field::SituationOptions, texts(&options))],
            );
        }
        for step in steps {
            self.one(
                Field::Step,
                &step.name,
                &step.name,
                [
                    (Field::StepDays, Some(Said::Number(step.days))),
                    (Field::StepUnit, text(&step.unit)),
                    (Field::StepStandard, text(&step.standard)),
                ],
            );
        }
        for special in special_procedures {
            self.one(
                Field::SpecialProcedure,
                &special.name,
                &special.name,
                [
                    (Field::SpecialProcedureDays, Some(number(special.days))),
                    (Field::SpecialProcedureBasis, text(&special.basis)),
                ],
            );
        }
        for fee in fees.iter().flatten() {
            self.one(
                Field::Fee,
                &fee.name,
                &fee.name,
                [
                    (Field::FeeStandard, text(&fee.standard)),
                    (Field::FeeReduction, text(&fee.reduction)),
                    (Field::FeeBasis, text(&fee.basis)),
                ],
            );
        }
        for result in results {
            self.one(
                Field::Result,
                &result.name,
                &result.name,
                [
                    (Field::ResultKind, text(&result.kind)),
                    (Field::ResultLicence, result.licence_type.as_deref().and_then(text)),
                ],
            );
        }
        for law in legal_basis {
            let name = format!("《{}》{}", law.title.trim_matches(['《', '》']), law.article);
            self.one(Field::Law, &name, &name, [(Field::LawText, text(&law.text))]);
        }
        for faq in faq {
            let answer = [(Field::QuestionAnswer, text(&faq.answer))];
            self.one(Field::Question, &faq.question, &faq.question, answer);
        }
    }

    fn material(&mut self, material: &Material) {
        let Material {
            id,
            name,
            kind,
            necessity,
            source,
            originals,
            copies,
            paper,
            electronic,
            notes,
            standard,
            basis,
            exempt,
            licence_type,
            when,
        } = material;
        self.one(
            Field::Material,
            id,
            name,
            [
                (Field::MaterialNecessity, terms([(necessity.code(), necessity.term())])),
                (Field::MaterialExempt, Some(Said::Flag(*exempt))),
                (Field::MaterialKind, text(kind)),
                (Field::MaterialSource, terms([(source.code(), source.term())])),
                (Field::MaterialOriginals, Some(number(*originals))),
                (Field::MaterialCopies, Some(number(*copies))),
                (Field::MaterialPaper, Some(Said::Flag(*paper))),
                (Field::MaterialElectronic, Some(Said::Flag(*electronic))),
                (Field::MaterialLicence, licence_type.as_deref().and_then(text)),
                (Field::MaterialWhen, when.clone().map(Said::Condition)),
                (Field::MaterialNotes, text(notes)),
                (Field::MaterialStandard, text(standard)),
                (Field::MaterialBasis, text(basis)),
            ],
        );
    }

    fn office(&mut self, office: &Office) {
        let Office {
            department,
            // Of no use to a person.
            organisation_code: _,
            address,
            hours,
            phone,
            complaint_phone,
        } = office;
        self.own(Field::Department, text(department));
        self.own(Field::Address, text(address));
        self.own(Field::Hours, text(hours));
        self.own(Field::Phone, text(phone));
        self.own(Field::ComplaintPhone, text(complaint_phone));
    }
}

/// Words; none where there are none.
fn text(words: &str) -> Option<Said> {
    (!words.is_empty()).then(|| Said::Text(words.to_owned()))
}

fn texts(all: &[String]) -> Option<Said> {
    (!all.is_empty()).then(|| Said::Texts(all.to_vec()))
}

fn number(number: u32) -> Said {
    Said::Number(number.into())
}

/// Terms that are said; one of an empty code is not.
fn terms<'a>(all: impl IntoIterator<Item = (&'a str, &'a str)>) -> Option<Said> {
    let said = all.into_iter().filter(|(code, _)| !code.is_empty());
    let terms: Vec<SaidTerm> = said
        .map(|(code, term)| SaidTerm { code: code.to_owned(), term: term.to_owned() })
        .collect();
    (!terms.is_empty()).then_some(Said::Terms(terms))
}
