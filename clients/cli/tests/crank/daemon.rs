//! A daemon: it works until it is told to stop, tells Prometheus about it, and logs lines that machines read.

use crate::world::World;

#[test]
fn a_daemon_works_tells_and_stops_when_asked() {
    let world = World::new("daemon");
    let running = world.daemon(&world.server.url(), []);
    let epoch = world.epoch();
    assert_eq!(running.says("epoch finished")["epoch"], epoch);
    world.next_epoch();
    assert_eq!(running.says("epoch finished")["epoch"], epoch + 1);

    assert_eq!(running.health(), (200, "ok\n".into()));
    let (status, text) = running.get("/metrics");
    assert_eq!(status, 200);
    let pool = world.selection.pool.pool;
    let last = epoch + 1;
    for line in [
        format!("sluice_crank_finished_epoch{{pool=\"{pool}\"}} {last}"),
        format!("sluice_crank_epoch{{pool=\"{pool}\"}} {last}"),
        format!("sluice_crank_lag_slots{{pool=\"{pool}\"}} 0"),
        format!("sluice_crank_transactions_total{{outcome=\"landed\",pool=\"{pool}\",stage=\"allocate\"}} 2"),
    ] {
        assert!(text.contains(&line), "{line}\n{text}");
    }
    let paid = running.metric("sluice_crank_fees_lamports_total", &[]);
    assert_eq!(paid, sluice_tests::SOL - world.purse());
    assert_eq!(running.stop().code(), Some(0));
}
