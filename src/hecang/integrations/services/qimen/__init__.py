"""Work done by the Qimen protocol, as the warehouse of an ERP and as the ERP of a warehouse."""
