"""What is known of each way to give ketamine, for the route chart and its tables."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = str | Promise

NO, NOT_CONFIRMED, OFF_LABEL = _("No"), _("Not confirmed"), _("Not approved")


@dataclass(frozen=True)
class Range:
    """A range to draw; unconfirmed when only secondary sources give it, and then hatched."""

    low: float
    high: float
    is_confirmed: bool = True


@dataclass(frozen=True)
class Route:
    """One row of the chart; ◆ in its words points to a note on what some clinics make of the figure."""

    name: Words
    short: Words
    share_text: Words
    share_short: Words
    onset_text: Words
    onset_short: Words
    peak_text: Words
    lasts: Words
    can_change: Words
    setting: Words
    approval: Words
    references: tuple[str, ...]
    share: Range | None = None
    typical_share: Range | None = None
    onset: Range | None = None
    peak: Range | None = None


ROUTES = (
    Route(
        name=_("IV drip"),
        short=_("IV drip"),
        share_text=_("100%, because all other ways are compared with it ◆1"),
        share_short=_("100% by definition ◆1"),
        onset_text=_("A slow drip builds over minutes; the exact time is not confirmed ◆2"),
        onset_short=_("over minutes ◆2"),
        peak_text=_("End of the drip, about 40 minutes"),
        lasts=_("Most side effects fade within 2 hours, all by 4 hours, in one study ◆3"),
        can_change=_("Yes: slow it, stop it, or give rescue medicine"),
        setting=_("Clinic with monitors and rescue equipment"),
        approval=_("Not approved; approved for anesthesia only"),
        references=("MILLER-6E", "ZANOS-2018", "ACEVEDO-2020", "LABEL-KETALAR", "PELTONIEMI-2016"),
        typical_share=Range(100, 100),
        peak=Range(40, 40),
    ),
    Route(
        name=_("Shot in a muscle (IM)"),
        short=_("Shot in a muscle"),
        share_text=_("About 93%; the first study was not read"),
        share_short=_("about 93%"),
        onset_text=_("1 to 5 minutes; 3 to 4 minutes at anesthesia doses"),
        onset_short=_("1–5 min"),
        peak_text=_("Level 5 to 15 minutes, effect about 20 minutes"),
        lasts=_("12 to 25 minutes of anesthesia at a high dose; secondary sources say half an hour to 2 hours"),
        can_change=_("No, but the next dose can change"),
        setting=_("Clinic"),
        approval=OFF_LABEL,
        references=("LABEL-KETALAR", "MILLER-6E", "SEC-PK"),
        typical_share=Range(93, 93, is_confirmed=False),
        onset=Range(1, 5, is_confirmed=False),
        peak=Range(20, 20, is_confirmed=False),
    ),
    Route(
        name=_("Shot under the skin (SC)"),
        short=_("Shot under the skin"),
        share_text=_("No confirmed figure"),
        share_short=_("no confirmed figure"),
        onset_text=_("15 to 30 minutes"),
        onset_short=_("15–30 min"),
        peak_text=NOT_CONFIRMED,
        lasts=NOT_CONFIRMED,
        can_change=_("No, but the next dose can change"),
        setting=_("Clinic or a study"),
        approval=OFF_LABEL,
        references=("LOO-2023", "LOO-2016", "SEC-PK"),
        onset=Range(15, 30, is_confirmed=False),
    ),
    Route(
        name=_("Nasal spray: esketamine (Spravato)"),
        short=_("Esketamine nasal spray"),
        share_text=_("About 48% on average"),
        share_short="48%",
        onset_text=_("No confirmed figure; sleepiness and feeling detached are common in the first hours"),
        onset_short=_("no figure"),
        peak_text=_("20 to 40 minutes"),
        lasts=_("Blood pressure is highest at about 40 minutes and up for about 4 hours; watched for at least 2 hours"),
        can_change=_("No, once sprayed; the next visit's dose can change"),
        setting=_("Certified clinic only, watched by staff"),
        approval=_(
            "Approved for adults with hard-to-treat depression, and with a pill for depression with acute "
            "suicidal thoughts"
        ),
        references=("LABEL-SPRAVATO",),
        typical_share=Range(48, 48),
        peak=Range(20, 40),
    ),
    Route(
        name=_("Nasal spray: compounded ketamine"),
        short=_("Compounded nasal spray"),
        share_text=_("8% to 50% in various reports; 25% to 50% is often quoted"),
        share_short="8–50%",
        onset_text=_("5 to 10 minutes"),
        onset_short=_("5–10 min"),
        peak_text=_("15 to 30 minutes, from a clinic's page"),
        lasts=_("45 to 60 minutes"),
        can_change=NO,
        setting=_("Home or clinic; FDA alert in 2022"),
        approval=OFF_LABEL,
        references=("FDA-2022", "SEC-PK"),
        share=Range(8, 50, is_confirmed=False),
        typical_share=Range(25, 50, is_confirmed=False),
        onset=Range(5, 10, is_confirmed=False),
        peak=Range(15, 30, is_confirmed=False),
    ),
    Route(
        name=_("Under the tongue"),
        short=_("Under the tongue"),
        share_text=_("27% to 32%: 29% in one study, 32% in another"),
        share_short="27–32%",
        onset_text=_("First blood level within 5 minutes"),
        onset_short=_("within 5 min"),
        peak_text=_("45 minutes for the middle person (15 to 60)"),
        lasts=NOT_CONFIRMED,
        can_change=NO,
        setting=_("Home or clinic; FDA alert in 2023 on compounded products"),
        approval=OFF_LABEL,
        references=("ROLAN-2014", "CHONG-2006", "FDA-2023"),
        share=Range(27, 32),
        typical_share=Range(29, 29),
        onset=Range(0, 5),
        peak=Range(15, 60),
    ),
    Route(
        name=_("By mouth"),
        short=_("By mouth"),
        share_text=_("17% to 29%: 23% in one study, 20% to 25% in a review"),
        share_short="17–29%",
        onset_text=_("15 to 45 minutes"),
        onset_short=_("15–45 min"),
        peak_text=_("About 1 hour"),
        lasts=_("1 to 6 hours or more, from secondary sources"),
        can_change=NO,
        setting=_("Home or clinic; FDA alert in 2023"),
        approval=OFF_LABEL,
        references=("CHONG-2006", "ANDRADE-ORAL-2019", "MILLER-6E", "SEC-PK", "FDA-2023"),
        share=Range(17, 29, is_confirmed=False),
        typical_share=Range(23, 23),
        onset=Range(15, 45, is_confirmed=False),
        peak=Range(58, 58),
    ),
    Route(
        name=_("Rectal"),
        short=_("Rectal"),
        share_text=_("About 30%, from one secondary source"),
        share_short=_("about 30%"),
        onset_text=NOT_CONFIRMED,
        onset_short=_("no figure"),
        peak_text=NOT_CONFIRMED,
        lasts=NOT_CONFIRMED,
        can_change=NO,
        setting=_("Hospital"),
        approval=OFF_LABEL,
        references=("SEC-PK",),
        typical_share=Range(30, 30, is_confirmed=False),
    ),
)
