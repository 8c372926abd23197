//! Drafts: starting one, keeping answers, and the view that a page draws. Every command
//! keeps first and answers after, so that what the page shows is on the disk.

use std::collections::BTreeMap;

use serde_json::Value;
use tongban_contract::{
    form::Fault,
    guide::{Item, Material},
    identifiers::CaseId,
    licence::Licence,
    numbers::DivisionCode,
    operation::{Enclosure, Filing},
    page::{
        AddEntry, Answer, AnswerSituation, AttachmentView, DiscardDraft, DraftView, LicenceOffer,
        MaterialView, ReadDraft, RemoveEntry, SituationView, StartDraft, Topic,
    },
    vocabulary::{ItemState as CatalogueState, LicenceState},
};
use tongban_forms::CompiledForm;

use crate::{
    client::Client,
    error::{Error, Result},
    items,
    vault::{Application, Attachment, Stage, Vault},
};

impl Client {
    /// Starts an application for an item of the county. Answers its id.
    ///
    /// # Errors
    /// Where nobody is signed in, the item cannot be filed from here, or it is not known
    /// which of several places shall handle it, as where the guides of the person's own county
    /// are not here and no place is named.
    pub async fn start_draft(&self, request: StartDraft) -> Result<CaseId> {
        let vault = self.vault()?;
        if request.division.is_none() && self.catalogue_view().county_is_missing() {
            return Err(Error::refused(
                "draft.county-missing",
                "您选的区县的办事指南还没有下载到这台设备，不知道由哪里办理。",
                "请连上网络更新一次办事指南，再开始办理。",
            ));
        }
        let view = self.guide(&request.item, request.division.as_ref()).await?;
        let place_is_chosen = view.place_is_chosen();
        let guide = view.guide.clone();
        let form = self.catalogue().form(&request.item).await?;
        let (Some(form), CatalogueState::InUse) = (form, &guide.item.state) else {
            return Err(Error::refused(
                "draft.no-form",
                "这个事项暂时不能在这里申请。",
                "请按办事指南上的地址和时间到窗口办理，或拨打指南上的咨询电话。",
            ));
        };
        if !place_is_chosen {
            return Err(Error::refused(
                "draft.place",
                "这件事由各乡镇、街道办理，还没有选您所在的地方。",
                "请在办事指南上选您所在的乡镇、街道，再开始办理。",
            ));
        }
        self.take_for_home(&view).await?;
        let now = self.surroundings().now();
        let answers = CompiledForm::compile(&form)?.defaults();
        let application = Application {
            case: CaseId(self.surroundings().uuid()),
            stage: Stage::Draft,
            guide,
            form,
            situation: BTreeMap::new(),
            answers,
            notice: None,
            created_at: now,
            saved_at: now,
        };
        vault.add_application(&application).await?;
        self.tell(Topic::Items);
        Ok(application.case)
    }

    /// A draft with its form, materials and faults.
    ///
    /// # Errors
    /// Where there is no such application on this device.
    pub async fn read_draft(&self, request: ReadDraft) -> Result<DraftView> {
        let vault = self.vault()?;
        let application = application(&vault, request.case).await?;
        self.draft_view(&vault, application).await
    }

    /// Keeps one answer.
    ///
    /// # Errors
    /// Where there is no such draft, or the form has no such field.
    pub async fn answer(&self, request: Answer) -> Result<DraftView> {
        self.change_answers(request.case, |form, answers| {
            form.set(answers, &request.pointer, request.value.clone())
        })
        .await
    }

    /// Adds an entry to a list of the form.
    ///
    /// # Errors
    /// Where there is no such draft, or the form has no such list.
    pub async fn add_entry(&self, request: AddEntry) -> Result<DraftView> {
        self.change_answers(request.case, |form, answers| form.add_entry(answers, &request.pointer))
            .await
    }

    /// Removes an entry from a list of the form.
    ///
    /// # Errors
    /// Where there is no such draft, or the list has no such entry.
    pub async fn remove_entry(&self, request: RemoveEntry) -> Result<DraftView> {
        self.change_answers(request.case, |form, answers| {
            form.remove_entry(answers, &request.pointer)
        })
        .await
    }

    /// Answers a question of situation.
    ///
    /// # Errors
    /// Where there is no such draft, question or option.
    pub async fn answer_situation(&self, request: AnswerSituation) -> Result<DraftView> {
        let vault = self.vault()?;
        let _one_at_a_time = self.drafting().await;
        let mut application = draft(&vault, request.case).await?;
        let known = application.guide.item.situations.iter().any(|situation| {
            situation.id == request.situation
                && situation.options.iter().any(|option| option.value == request.option)
        });
        if !known {
            return Err(Error::refused(
                "draft.situation",
                "没有这个情形选项。",
                "请在列出的选项中选择。",
            ));
        }
        application.situation.insert(request.situation, request.option);
        self.keep(&vault, application).await
    }

    /// Deletes a draft for good.
    ///
    /// # Errors
    /// Where there is no such draft, or it has been filed before.
    pub async fn discard_draft(&self, request: DiscardDraft) -> Result<()> {
        self.vault()?.delete_draft(request.case).await?;
        self.tell(Topic::Items);
        Ok(())
    }

    async fn change_answers(
        &self,
        case: CaseId,
        change: impl Fn(&CompiledForm, &mut Value) -> Result<(), tongban_forms::FormError> + Send,
    ) -> Result<DraftView> {
        let vault = self.vault()?;
        let _one_at_a_time = self.drafting().await;
        let mut application = draft(&vault, case).await?;
        let form = CompiledForm::compile(&application.form)?;
        change(&form, &mut application.answers)?;
        self.keep(&vault, application).await
    }

    async fn keep(&self, vault: &Vault, mut application: Application) -> Result<DraftView> {
        application.saved_at = self.surroundings().now();
        vault
            .keep_statement(
                application.case,
                &application.situation,
                &application.answers,
                application.saved_at,
            )
            .await?;
        self.tell(Topic::Item { case: application.case });
        self.draft_view(vault, application).await
    }

    pub(crate) async fn draft_view(
        &self,
        vault: &Vault,
        application: Application,
    ) -> Result<DraftView> {
        let attachments = vault.attachments(application.case).await?;
        let licences = vault.licences().await?;
        let form = CompiledForm::compile(&application.form)?;
        let item = &application.guide.item;
        let filing = filing(&application, &form, &attachments)?;
        let faults = tongban_forms::filing_faults(item, &form, &filing)?;
        let asked = tongban_forms::materials_asked(item, &filing.situation, &filing.answers)?;
        let materials = asked
            .into_iter()
            .map(|material| material_view(material, &attachments, &licences, &faults))
            .collect();
        let situations = item
            .situations
            .iter()
            .map(|situation| SituationView {
                chosen: application.situation.get(&situation.id).cloned(),
                situation: situation.clone(),
            })
            .collect();
        let state = items::state_of(vault, application.case).await?;
        Ok(DraftView {
            case: application.case,
            item: item.code.clone(),
            item_name: item.name.clone(),
            office: application.guide.office.department.clone(),
            state,
            saved_at: application.saved_at,
            situations,
            form: form.tree(&application.answers),
            materials,
            faults,
            guide_changes: self.guide_changes(item, &application.guide.division).await,
            notice: application.notice,
        })
    }

    /// What the newer version of a guide says differently from the one a draft was made
    /// with. Where the catalogue has none now, nothing is said.
    async fn guide_changes(&self, pinned: &Item, division: &DivisionCode) -> Vec<String> {
        let current = self.catalogue().guide(&pinned.code, Some(division), None).await;
        let Ok(current) = current else { return Vec::new() };
        let current = current.guide.item;
        if current.version == pinned.version {
            return Vec::new();
        }
        let mut changes = Vec::new();
        if let (Some(before), Some(now)) = (pinned.promised_days, current.promised_days)
            && before != now
        {
            changes.push(format!("承诺办结时限由 {before} 个工作日改为 {now} 个工作日"));
        }
        if current.materials != pinned.materials {
            changes.push("申请材料有调整".to_owned());
        }
        if current.conditions != pinned.conditions {
            changes.push("受理条件有调整".to_owned());
        }
        if current.fees != pinned.fees {
            changes.push("收费标准有调整".to_owned());
        }
        if changes.is_empty() {
            changes.push("办事指南的文字有更新".to_owned());
        }
        changes
    }
}

/// An application on this device.
pub(crate) async fn application(vault: &Vault, case: CaseId) -> Result<Application> {
    vault.application(case).await?.ok_or_else(|| {
        Error::refused(
            "item.not-here",
            "这台设备上没有这一件的填报内容。",
            "请在当初填报的那台设备上打开。",
        )
    })
}

/// An application that can be changed now.
pub(crate) async fn draft(vault: &Vault, case: CaseId) -> Result<Application> {
    let application = application(vault, case).await?;
    if application.stage == Stage::Filed {
        return Err(Error::refused(
            "draft.filed",
            "这一件已经提交，不能再改。",
            "如需修改，还没有发出时可以收回；已经发出的，请等部门的补正通知。",
        ));
    }
    Ok(application)
}

/// The filing that an application comes to now: without answers that are hidden, and
/// without what is attached to materials that are not asked for.
pub(crate) fn filing(
    application: &Application,
    form: &CompiledForm,
    attachments: &[Attachment],
) -> Result<Filing> {
    let answers = form.effective(&application.answers);
    let situation = application.situation.clone();
    let asked = tongban_forms::materials_asked(&application.guide.item, &situation, &answers)?;
    let asked: Vec<&str> = asked.into_iter().map(|material| material.id.as_str()).collect();
    let mut materials: BTreeMap<String, Vec<Enclosure>> = BTreeMap::new();
    for attachment in attachments.iter().filter(|a| asked.contains(&a.material.as_str())) {
        let enclosures = materials.entry(attachment.material.clone()).or_default();
        enclosures.push(attachment.enclosure.clone());
    }
    Ok(Filing { situation, answers, materials })
}

fn material_view(
    material: &Material,
    attachments: &[Attachment],
    licences: &[Licence],
    faults: &[Fault],
) -> MaterialView {
    let attached: Vec<AttachmentView> = attachments
        .iter()
        .filter(|attachment| attachment.material == material.id)
        .map(attachment_view)
        .collect();
    let offers = licences
        .iter()
        .filter(|licence| {
            licence.state == LicenceState::Valid
                && material.licence_type.as_deref() == Some(licence.licence_type.as_str())
                && !attached.iter().any(|a| a.licence.as_ref() == Some(&licence.id))
        })
        .map(|licence| LicenceOffer {
            licence: licence.id.clone(),
            name: licence.name.clone(),
            holder: licence.holder.clone(),
        })
        .collect();
    let pointer = format!("/materials/{}", material.id);
    let own = faults.iter().filter(|fault| fault.pointer == pointer).cloned().collect();
    MaterialView { material: material.clone(), attached, offers, faults: own }
}

fn attachment_view(attachment: &Attachment) -> AttachmentView {
    let (media_type, bytes, licence) = match &attachment.enclosure {
        Enclosure::File { media_type, bytes, .. } => (media_type.clone(), *bytes, None),
        Enclosure::Licence { licence } => ("licence".to_owned(), 0, Some(licence.clone())),
    };
    AttachmentView { id: attachment.id, name: attachment.name.clone(), media_type, bytes, licence }
}
