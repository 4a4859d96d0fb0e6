//! Operators and services: they agree, take and give back an allocation, and slash.

use super::*;

impl VaultFixture {
    /// A new operator and a new service, not allocated to yet.
    pub fn team(&mut self, beneficiary: Option<Address>) -> Team {
        let (operator, service) = (self.funded_key(), self.funded_key());
        self.send(&[ix::register_operator(operator.pubkey())], &[&operator]).expect("register_operator");
        self.send(&[ix::register_service(service.pubkey())], &[&service]).expect("register_service");
        self.team_of(operator, service, beneficiary)
    }

    /// A registered operator and a registered service as a team.
    pub fn team_of(&self, operator: Keypair, service: Keypair, beneficiary: Option<Address>) -> Team {
        let parties = Parties {
            delegation_admin: self.delegation_admin.pubkey(),
            operator: ix::operator_address(&operator.pubkey()),
            operator_authority: operator.pubkey(),
            service: ix::service_address(&service.pubkey()),
            service_authority: service.pubkey(),
            beneficiary,
        };
        let allocation = ix::allocation_address(&self.at.vault, &parties.operator, &parties.service);
        Team { operator_authority: operator, service_authority: service, parties, allocation }
    }

    /// A new team with `amount` at risk, burnt when slashed. Passes the warm-up.
    pub fn allocated(&mut self, amount: u64) -> Team {
        let team = self.team(None);
        self.allocate(&team, amount).expect("allocate");
        self.warm_up();
        team
    }

    /// A new team of which all three have opted in.
    pub fn opted_in(&mut self, beneficiary: Option<Address>) -> Team {
        let team = self.team(beneficiary);
        self.opt_all_in(&team).expect("opt_in");
        team
    }

    /// Passes the epochs after which what has been allocated is at risk.
    pub fn warm_up(&mut self) {
        self.pass_epochs(u64::from(self.params.warmup_epochs));
    }

    pub fn opt_in(&mut self, team: &Team, by: &Keypair) -> Attempt {
        let instruction = ix::opt_in(&self.at, &team.parties, by.pubkey(), self.bank.pubkey());
        self.send(&[instruction], &[by])
    }

    pub fn opt_out(&mut self, team: &Team, by: &Keypair) -> Attempt {
        let instruction = ix::opt_out(&self.at, &team.parties, by.pubkey());
        self.send(&[instruction], &[by])
    }

    /// All three opt in, in one transaction.
    pub fn opt_all_in(&mut self, team: &Team) -> Attempt {
        let (delegation_admin, payer) = (self.delegation_admin.insecure_clone(), self.bank.pubkey());
        let keys = [&delegation_admin, &team.operator_authority, &team.service_authority];
        let all = keys.map(|key| ix::opt_in(&self.at, &team.parties, key.pubkey(), payer));
        self.send(&all, &keys)
    }

    /// Allocates, after everybody has opted in where that is still to do.
    pub fn allocate(&mut self, team: &Team, amount: u64) -> Attempt {
        if !self.exists(&team.allocation) || self.allocation(team).consents != 7 {
            self.opt_all_in(team)?;
        }
        let instruction = ix::allocate(&self.at, &team.parties, amount);
        let delegation_admin = self.delegation_admin.insecure_clone();
        self.send(&[instruction], &[&delegation_admin])
    }

    pub fn deallocate(&mut self, team: &Team, amount: u64) -> Attempt {
        let instruction = ix::deallocate(&self.at, &team.parties, amount);
        let delegation_admin = self.delegation_admin.insecure_clone();
        self.send(&[instruction], &[&delegation_admin])
    }

    pub fn release(&mut self, team: &Team) -> Attempt {
        let instruction = ix::release_allocation(&self.at, team.allocation);
        self.send(&[instruction], &[])
    }

    pub fn request(&mut self, team: &Team, amount: u64) -> Result<Address, Failed> {
        let nonce = self.allocation(team).next_nonce;
        let instruction = ix::request_slash(&self.at, &team.parties, nonce, amount, [7; 32]);
        self.send(&[instruction], &[&team.service_authority])
            .map(|_| ix::slash_request_address(&team.allocation, nonce))
    }

    pub fn veto(&mut self, team: &Team, request: Address) -> Attempt {
        let resolver = self.resolver.insecure_clone();
        let rent_payer = team.parties.service_authority;
        let instruction = ix::veto_slash(&self.at, team.allocation, request, resolver.pubkey(), rent_payer);
        self.send(&[instruction], &[&resolver])
    }

    /// Executes a request, triggered by a stranger.
    pub fn execute(&mut self, team: &Team, request: Address) -> Attempt {
        let instruction = ix::execute_slash(
            &self.at,
            team.allocation,
            request,
            team.parties.service_authority,
            team.parties.beneficiary,
        );
        self.send(&[instruction], &[])
    }

    pub fn close_request(&mut self, team: &Team, request: Address) -> Attempt {
        let rent_payer = team.parties.service_authority;
        let instruction = ix::close_slash_request(&self.at, team.allocation, request, rent_payer);
        self.send(&[instruction], &[])
    }

    /// Request, veto window, execution: the whole way of a slash.
    pub fn slash(&mut self, team: &Team, amount: u64) {
        let request = self.request(team, amount).expect("request_slash");
        self.pass_epochs(u64::from(self.params.veto_epochs));
        self.execute(team, request).expect("execute_slash");
    }

    // ---- state ---------------------------------------------------------------------------------------------
}
