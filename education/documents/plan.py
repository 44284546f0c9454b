"""What each page must have: its sections, the claims they carry, and whether its sentences are marked."""

from collections.abc import Mapping

# Page -> anchor -> claims. A section without one of them is not fit to be read; rules and letters link to anchors.
PLAN: Mapping[str, Mapping[str, str]] = {
    "what-is-iv-ketamine": {
        "basics": "IV-05 BR-05 BR-07 DU-03",
        "why": "IV-02 BR-03 BR-09 BR-02 CO-02",
        "not": "BR-06 GAP-02 BR-11 ON-10",
        "about": "CO-03 GAP-13",
    },
    "benefits-evidence": {
        "basics": "IV-06 BR-10 DU-02",
        "who": "TR-01 TR-02",
        "speed": "ON-02 ON-09 ON-10",
        "last": "GAP-09",
        "results": "BA-07 GAP-11 GAP-10 RC-10",
        "ptsd": "BR-12",
        "pain": "IV-07 SM-08 SM-07",
        "how": "ON-08 BR-15 ON-07",
    },
    "risks-side-effects": {
        "basics": "BR-16",
        "during": "RC-01 RC-02 RC-03",
        "serious": "RC-06 GAP-03 GAP-05 GAP-06 SM-02",
        "misuse": "SM-05 GAP-01",
        "thinking": "BR-19 RC-07",
        "other": "BR-18 BR-17",
        "call": "GAP-12",
    },
    "other-options": {"basics": "TR-02 TR-03", "compare": "", "ect": "GAP-11", "next": "BA-08"},
    "tell-us-first": {
        "list": "GAP-04",
        "heart-blood-pressure": "",
        "brain-eyes": "",
        "mental-health": "",
        "pregnancy": "GAP-07",
        "liver-kidney-bladder": "GAP-05 GAP-06",
        "medicines": "GAP-08",
        "alcohol-drugs": "SM-05",
        "other-conditions": "",
        "age-weight": "",
    },
    "what-it-feels-like": {
        "basics": "ON-05",
        "minutes": "ON-03 RC-03",
        "helps": "RC-04",
        "scary": "RC-02 DC-05",
        "with-you": "",
        "need-it": "ON-07 SM-06",
    },
    "infusion-day": {
        "basics": "",
        "before": "RC-09",
        "during": "DC-01 RC-06 RC-05 DC-07 SM-02",
        "after": "SM-03 RC-07",
    },
    "driving-home": {"rule": "RC-07", "ride": "", "alone": "", "next-day": "", "check": "", "why": ""},
    "for-your-helper": {"basics": "RC-07", "way-home": "", "at-home": "", "talk": "", "watch": "", "you": ""},
    "after-treatment": {"basics": "", "first-day": "RC-07 RC-03", "plan": "CO-02", "relapse": "DU-02 GAP-09"},
    "cost-approval": {
        "basics": "BR-06 DU-04",
        "offlabel": "GAP-02 IV-09 GAP-01",
        "cost": "DU-03",
        "ask": "SM-01 SM-09 IV-03",
    },
    "how-iv-compares": {
        "basics": "IV-01 IV-03",
        "chart": "IV-08 BA-01 BA-02 BA-03 BA-04 BA-06 ON-01",
        "control": "DC-02 DC-03 DC-04 DC-06",
        "spray": "IV-04 ON-04 ON-06 BA-05",
        "home": "SM-04 GAP-03",
        "honest": "DU-01",
    },
    "references": {"list": "", "conflicts": "GAP-13 CO-03", "how-we-review": "CO-02"},
    "get-help-now": {"now": "GAP-12", "emergency": "", "talk": ""},
}

# Pages that tell people what to do in need: their sentences carry no marks.
UNMARKED = frozenset({"get-help-now", "driving-home", "for-your-helper"})

MOST_WORDS, MOST_WORDS_FIRST, MOST_WORDS_ANSWER = 1000, 300, 120
