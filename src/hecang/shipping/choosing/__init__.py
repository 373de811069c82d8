"""Which carrier service a parcel takes: the interface and the choices that come with Hecang."""
