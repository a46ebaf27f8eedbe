# Was an einem Feld falsch ist: je ein ganzer Satz, der neben seinem Feld steht.
rule-required = Dieses Feld darf nicht leer bleiben.
rule-too-short = Bitte schreiben Sie mindestens { $min ->
    [one] ein Zeichen
   *[other] { $min } Zeichen
}.
rule-too-long = Hier haben höchstens { $max } Zeichen Platz; zurzeit sind es { $given }.
rule-not-an-address = Das ist keine E-Mail-Adresse wie ada@example.com.
rule-not-a-number = Das ist keine Zahl wie 110 oder 99,5.
rule-out-of-range = Bitte geben Sie eine ganze Zahl von { $min } bis { $max } an.
rule-not-a-date = Das ist kein Datum wie 2026-12-04.
rule-not-a-choice = Bitte wählen Sie eine der angebotenen Möglichkeiten.
rule-not-a-day = Das ist kein Datum wie 2026-12-04.
rule-not-an-executive = Das braucht jemanden aus dem Team als Verantwortlichen.
rule-in-the-past = Dieser Zeitpunkt muss in der Zukunft liegen.
rule-duplicate = Das gibt es hier schon.
rule-control-character = Hier steht ein Zeichen, das sich nicht anzeigen lässt. Bitte schreiben Sie den Text neu.
rule-incomplete = Die andere Hälfte fehlt. Bitte füllen Sie beide Felder aus.
rule-known-and-unknown = Hier steht eine Antwort und zugleich die Angabe, dass Sie es nicht wissen. Bitte behalten Sie eines von beiden.
rule-too-many = Hier { $max ->
    [one] ist höchstens ein Eintrag
   *[other] sind höchstens { $max } Einträge
} möglich.
rule-different = Das weicht von der ersten Eingabe ab.
rule-nobody = Es ist noch niemand da, den man fragen könnte.
rule-ambiguous-number = Das lässt sich auf zwei Arten lesen. Schreiben Sie 1500 für tausendfünfhundert, 1,50 für eineinhalb.
rule-too-far = Das darf höchstens { $days } Tage in der Zukunft liegen.
rule-skipped-hour = Diese Stunde gibt es an jenem Tag nicht: Die Uhren überspringen sie.
