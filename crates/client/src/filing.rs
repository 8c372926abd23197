//! Filing: checking a draft, queueing its operation, and the ways back before and after.

use tongban_contract::{
    identifiers::{CaseId, OperationId},
    operation::{Ask, Correct, Operation, Submit},
    page::{self, DraftView, ItemState, Mend, ReadReceipt, Recall, ReceiptView, Topic, Withdraw},
    problem::Problem,
};
use tongban_forms::CompiledForm;

use crate::{
    applications::{application, draft, filing},
    client::Client,
    error::{Error, Result},
    identity::IdentityError,
    items,
    vault::{Phase, Receipt},
};

impl Client {
    /// Checks a draft and files it: it is queued, and sent as soon as there is a network.
    ///
    /// # Errors
    /// `filing.faults` with every fault where something stands in the way;
    /// `sign-in.assurance` where the item needs a sign-in of a higher level. The draft stays.
    pub async fn submit(&self, request: page::Submit) -> Result<ReceiptView> {
        let vault = self.vault()?;
        let drafting = self.drafting().await;
        let draft = draft(&vault, request.case).await?;
        let attachments = vault.attachments(request.case).await?;
        let form = CompiledForm::compile(&draft.form)?;
        let filing = filing(&draft, &form, &attachments)?;
        let faults = tongban_forms::filing_faults(&draft.guide.item, &form, &filing)?;
        if !faults.is_empty() {
            let problem = Problem::new(
                "filing.faults",
                format!("还有 {} 处需要填写或修改，暂时不能提交。", faults.len()),
                "请按提示逐条修改，内容已为您保存。",
            );
            return Err(Error::Refused(Box::new(problem.with_faults(faults))));
        }
        let (needed, reached) = (draft.guide.item.assurance, self.open_account()?.person.assurance);
        if reached < needed {
            return Err(IdentityError::StepUp { needed, reached }.into());
        }
        let now = self.surroundings().now();
        let ask = match draft.notice {
            Some(notice) => {
                Ask::Correct(Box::new(Correct { case: request.case, notice: notice.id, filing }))
            }
            None => Ask::Submit(Box::new(Submit {
                case: request.case,
                item: draft.guide.item.code.clone(),
                item_version: draft.guide.item.version.clone(),
                form_version: draft.form.version.clone(),
                division: draft.guide.division.clone(),
                filing,
            })),
        };
        let operation =
            Operation { id: OperationId(self.surroundings().uuid()), made_at: now, ask };
        let enclosures = attachments.into_iter().map(|attachment| attachment.name).collect();
        let receipt = Receipt::new(request.case, &operation, enclosures);
        vault.file(&operation, &receipt).await?;
        drop(drafting);
        self.outbox_changed(request.case).await;
        self.read_receipt(ReadReceipt { case: request.case }).await
    }

    /// The receipt of a filing.
    ///
    /// # Errors
    /// Where it was not filed on this device.
    pub async fn read_receipt(&self, request: ReadReceipt) -> Result<ReceiptView> {
        let vault = self.vault()?;
        let application = application(&vault, request.case).await?;
        let Some(receipt) = vault.receipt(request.case).await? else {
            return Err(Error::refused(
                "receipt.none",
                "这一件还没有提交，没有回执。",
                "提交之后就能看到回执。",
            ));
        };
        Ok(ReceiptView {
            case: request.case,
            item_name: application.guide.item.name,
            office: application.guide.office.department,
            filed_at: receipt.filed_at,
            state: items::state_of(&vault, request.case).await?,
            number: receipt.number,
            accepted_at: receipt.accepted_at,
            digest: receipt.digest,
            enclosures: receipt.enclosures,
        })
    }

    /// Takes a queued filing back, as long as it has not been sent: it is a draft again. Calls
    /// a queued withdrawal off: the application stays with the platform.
    ///
    /// # Errors
    /// Where it has left the device: the platform may have it.
    pub async fn recall(&self, request: Recall) -> Result<()> {
        let vault = self.vault()?;
        let recalled = vault.recall(request.case, self.surroundings().now()).await?;
        if !recalled {
            return Err(Error::refused(
                "recall.sent",
                "这一件已经开始发送，不能收回。",
                "如不想办了，请在发送成功后选择“撤件”。",
            ));
        }
        self.outbox_changed(request.case).await;
        Ok(())
    }

    /// Opens a filed application for mending, after a correction notice or a refusal.
    ///
    /// # Errors
    /// Where nothing asks for mending.
    pub async fn mend(&self, request: Mend) -> Result<DraftView> {
        let vault = self.vault()?;
        let application = application(&vault, request.case).await?;
        let state = items::state_of(&vault, request.case).await?;
        let ItemState::NeedsAttention { .. } = state else {
            return Err(Error::refused(
                "mend.not-asked",
                "这一件现在不需要修改。",
                "请等候部门办理，有消息会通知您。",
            ));
        };
        let notice = vault.case(request.case).await?.and_then(|case| case.notice);
        vault.reopen(application.case, notice.as_ref(), self.surroundings().now()).await?;
        self.outbox_changed(request.case).await;
        self.read_draft(page::ReadDraft { case: request.case }).await
    }

    /// Takes a filed application back (撤件): queued like every other operation.
    ///
    /// # Errors
    /// Where the platform has not accepted it yet, or it has ended.
    pub async fn withdraw(&self, request: Withdraw) -> Result<()> {
        let vault = self.vault()?;
        let case = vault.case(request.case).await?;
        let waiting = vault
            .outbox()
            .await?
            .into_iter()
            .any(|queued| queued.case == request.case && queued.phase != Phase::Wedged);
        if waiting || case.is_none_or(|case| case.state.is_final()) {
            return Err(Error::refused(
                "withdraw.not-now",
                "这一件现在不能撤件。",
                "尚未发送的可以直接收回；已经办结的不能再撤。",
            ));
        }
        let operation = Operation {
            id: OperationId(self.surroundings().uuid()),
            made_at: self.surroundings().now(),
            ask: Ask::Withdraw { case: request.case, reason: request.reason },
        };
        vault.withdraw(request.case, &operation).await?;
        self.outbox_changed(request.case).await;
        Ok(())
    }

    async fn outbox_changed(&self, case: CaseId) {
        self.tell(Topic::Items);
        self.tell(Topic::Item { case });
        self.tell(Topic::Sync);
        self.wake();
        if let Ok(open) = self.opened() {
            self.keep_spare(&open).await;
        }
    }
}
