"""The small centre that is attacked."""

SMALL = """schema: crisis/v1
name: small
clock: {timezone: Europe/Madrid, start: 2026-03-10T08:00, duration: 30m, interval: 30m, phases: {morning: start}}
needs:
  billing: {urgency: 2, talk_time: {likely: 4m, low: 3m, high: 6m}, wrap_up: 20s, patience: 3m}
demand:
  billing: {rate: 60/h}
channels:
  voice: {target: 80% in 20s}
links:
  cable: {lines: 20}
sites:
  office: {seats: 12, links: [cable]}
teams:
  service: {headcount: 5, site: office, skills: {billing: 1}}
events: [{id: full, at: start+10m, do: demand.scale, need: billing, factor: 2, recovers_by: start+20m}]
variants:
  fewer: {teams.service.headcount: 4}
"""
