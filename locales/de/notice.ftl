# Wer was sieht: vor der ersten Frage und in den Briefen, Wort für Wort gleich.
# $size ist eine Zahl, $people und ähnliche sind ihre Wörter.
notice-headline-confidential = Vertraulich: Ihre Antworten werden ohne Ihren Namen gelesen
notice-headline-consultant = { $consultant } liest Ihre Antworten mit Ihrem Namen; der Bericht nennt ihn nicht
notice-headline-named = Der Bericht zeigt Ihre Antworten mit Ihrem Namen
notice-asked = { $consultant } stellt { $size ->
    [1] einer Person
   *[other] { $people } Personen
} dieselben fünf Fragen, jeder für sich: den Mitgliedern von { $organisation }, { $team }.
notice-consultant-without-names = { $consultant } liest alle Aussagen ohne Namen, für jede Frage neu gemischt.
notice-consultant-with-names = { $consultant } liest Ihre Aussagen mit Ihrem Namen.
notice-report-without-names = Der Bericht ist für Ihr Team und die Auftraggeberschaft bestimmt. Er zeigt Aussagen ohne Namen und Personen als A, B, C in gemischter Reihenfolge.
notice-report-with-names = Der Bericht ist für Ihr Team und die Auftraggeberschaft bestimmt. Er zeigt Aussagen mit Namen, wie Ihr Team es vereinbart hat.
notice-guess-all = Mehr als vertraulich ist es nicht: In einem Team von { $people } können Kolleginnen und Kollegen, und auch { $consultant }, am Wortlaut erraten, von wem eine Aussage stammt.
notice-guess-colleagues = Mehr als vertraulich ist es nicht: In einem Team von { $people } können Kolleginnen und Kollegen am Wortlaut erraten, von wem eine Aussage stammt.
notice-quote = Für alle Ihre Antworten, und auf Wunsch für eine einzelne Aussage, sagen Sie, ob der Bericht sie wörtlich, nur mit anderen Worten oder gar nicht wiedergeben darf.
notice-fewest = Unter { $fewest } Antworten gibt es keinen Bericht.
notice-fewest-blurred = Unter { $fewest } Antworten gibt es keinen Bericht. Für eine Person und für zwei steht darin «eine oder zwei», für alle bis auf eine oder zwei «fast alle».
notice-progress = { $consultant } sieht, ob Sie begonnen, geantwortet oder abgelehnt haben, aber nie einen Entwurf. Ihre Kolleginnen und Kollegen sehen nichts davon. Die Auftraggeberschaft sieht, wie viele geantwortet haben, nicht wer.
notice-access-one = Neben { $consultant } hat keine weitere Beraterin und kein weiterer Berater Zugang. Die Antworten sind auf dem Server verschlüsselt; wer ihn betreibt, hat den Schlüssel und könnte sie lesen und herausfinden, von wem sie sind.
notice-access-several = Was { $consultant } sehen kann, können aus der Beratung auch sehen: { $others }. Die Antworten sind auf dem Server verschlüsselt; wer ihn betreibt, hat den Schlüssel und könnte sie lesen und herausfinden, von wem sie sind.
notice-model = Nach dem Ende der Runde darf ein Sprachmodell von { $provider } vorschlagen, welche Aussagen zusammengehören. Dazu werden Aussagen der Runde an { $provider } gesendet: ohne Namen, ohne Funktionen und ohne den Namen von { $organisation }, in gemischter Reihenfolge. Was der Wortlaut selbst verrät, geht mit. Aussagen, bei denen Sie «Nur für die Beratung» wählen, werden nicht gesendet. { $consultant } kann jeden Vorschlag ändern.
notice-change = Sie können Ihre Antworten bis { $closes } ansehen und ändern.
notice-decline = Sie können ablehnen. Dann wird gelöscht, was Sie geschrieben haben.
notice-deletion = Alle Antworten werden { $months ->
    [1] einen Monat
   *[other] { $count } Monate
} nach dem Ende der Runde gelöscht. Anzahlen, Themen und Werte bleiben, damit sich Runden vergleichen lassen.
notice-model-deletion = Was { $provider } von den gesendeten Aussagen aufbewahrt und wie lange, regelt { $provider } mit denen, die den Server betreiben: Was hier gelöscht wird, ist dort nicht gelöscht.
