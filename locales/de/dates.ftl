# Tage, Zeiten, Quartale und kleine Zahlen. Wochentage zählen ab Montag, 1.
weekday = { $nth ->
    [1] Montag
    [2] Dienstag
    [3] Mittwoch
    [4] Donnerstag
    [5] Freitag
    [6] Samstag
   *[7] Sonntag
}
month = { $nth ->
    [1] Januar
    [2] Februar
    [3] März
    [4] April
    [5] Mai
    [6] Juni
    [7] Juli
    [8] August
    [9] September
    [10] Oktober
    [11] November
   *[12] Dezember
}
date-short = { $weekday }, { $day }. { $month }
date-day = { $weekday }, { $day }. { $month } { $year }
date-moment = { $day }, { $time } Uhr, Ortszeit { $place }
date-moment-universal = { $day }, { $time } Uhr, { $offset }
round-quarter = { $nth }. Quartal { $year }
number-word = { $number ->
    [1] einer
    [2] zwei
    [3] drei
    [4] vier
    [5] fünf
    [6] sechs
    [7] sieben
    [8] acht
    [9] neun
    [10] zehn
    [11] elf
    [12] zwölf
   *[other] { $number }
}
