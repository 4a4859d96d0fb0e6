//! Whole epochs: every transaction that the pool and its selection need, from the pool's update to the last move.

use super::field::{Field, equal_parts, moved};
use super::report::{EpochRow, Report};
use super::tables::{MAX_BYTES, MAX_LOCKS};
use crate::{Chain, SOL, Sent, Svm};

/// Transactions of an epoch with nothing to move, as promised: at 1,300 validators, and at the most there may be.
const PROMISED_TRANSACTIONS: u64 = 100;
const PROMISED_AT_MOST: u64 = 350;

pub fn measure(report: &mut Report) {
    quiet(report, 100, None);
    moving(report);
    quiet(report, 1_000, None);
    quiet(report, 1_300, Some(PROMISED_TRANSACTIONS));
    quiet(report, 5_000, Some(PROMISED_AT_MOST));
}

/// Every validator has what it should have.
fn quiet(report: &mut Report, validators: usize, limit: Option<u64>) {
    let mut svm = Svm::new();
    // Of 5,000 the least cap, 0.01 %, lets each hold its part of one half.
    let field = Field::staked(&mut svm, equal_parts(validators, 9_200), validators, 0);
    let sent = field.crank(&mut svm);
    let records = field.selection.pool.list(&svm).records;
    assert!(records.iter().all(|record| record.earning >= SOL), "stake of all was measured");
    add(report, (validators, 0), &sent, limit);
}

/// Five validators stopped voting, and five others take their place; so it was in the epoch before, too: what those
/// gave up is collected, and their empty records leave the list.
fn moving(report: &mut Report) {
    let (validators, changing) = (100, 5);
    let mut svm = Svm::new();
    let mut params = equal_parts(validators, 9_000);
    let mut field = Field::staked(&mut svm, params.clone(), validators, 2 * changing);
    // What those who leave give up comes home an epoch later: until then the reserve is to be that much lower.
    params.reserve_bps -= params.cap_bps * changing as u16;
    svm.must(
        &[field.selection.set_params(params)],
        &[&field.selection.pool.payer, &field.selection.pool.admin],
    );
    field.crank(&mut svm);
    let mut last = Vec::new();
    for change in 0..2 {
        for index in 0..changing {
            field.go_dark(change * changing + index);
        }
        field.join(&mut svm, changing);
        field.turn_epoch(&mut svm);
        last = field.crank(&mut svm);
    }
    add(report, (validators, 2 * changing), &last, None);
}

fn add(report: &mut Report, (validators, moving): (usize, usize), sent: &[Sent], limit: Option<u64>) {
    assert!(sent.iter().all(|sent| sent.locks <= MAX_LOCKS && sent.bytes <= MAX_BYTES));
    assert_eq!(moved(sent), moving, "validators moved");
    report.epoch.push(EpochRow {
        validators: validators as u64,
        moving: moving as u64,
        transactions: sent.len() as u64,
        cu: sent.iter().map(|sent| sent.compute_units).sum(),
        limit_transactions: limit,
    });
}
