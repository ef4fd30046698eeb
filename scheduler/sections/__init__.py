"""The sections of `config/pantau.toml`: what each may say, and what holds when it says nothing."""
