"""Numbers that we buy for clinics: searched, bought, connected, assigned and given back, one recorded step at once."""
