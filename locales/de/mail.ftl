# Die Briefe. Ein Betreff verrät nichts: keinen Namen, keine Organisation, kein Thema.
mail-subject-invitation = Fünf Fragen, zehn Minuten, bis { $day }
mail-subject-reminder = Noch offen: fünf Fragen, zehn Minuten, bis { $day }
mail-subject-receipt = Ihre Antworten sind angekommen
mail-subject-decision = Zur Erinnerung: was Sie übernommen haben
mail-greeting = Guten Tag { $name }
mail-invitation-opening = { $consultant } stellt Ihnen fünf Fragen, für { $organisation }, { $team }: { $label }. Sie dauern etwa zehn Minuten und sind offen bis { $closes }.
mail-reminder-opening = Fünf Fragen von { $consultant } sind noch offen, für { $organisation }, { $team }: { $label }. Sie dauern etwa zehn Minuten; antworten können Sie bis { $closes }. Wenn Sie schon begonnen haben, finden Sie vor, was Sie geschrieben haben.
mail-receipt-opening = Vielen Dank: Ihre Antworten sind angekommen, für { $organisation }, { $team }: { $label }. Zu Ihrem Schutz wiederholt dieser Brief sie nicht.
mail-receipt-change = Auf Ihrer privaten Seite können Sie sie bis { $closes } ansehen und ändern.
mail-decision-opening = Das Team hat in seiner Auswertung ({ $label }) Folgendes beschlossen und Ihnen übertragen, für { $organisation }, { $team }:
mail-decision-due = Bis { $day }.
mail-decision-stops = Was dafür aufhört:
mail-decision-why = Diese Erinnerung hat { $consultant } dem Team zugesagt. Eine Antwort ist nicht nötig; die nächste Fragerunde wird zeigen, ob der Beschluss trägt.
mail-link-open = Meine private Seite öffnen
mail-link-yours = Diese Seite ist nur für Sie; bitte geben Sie den Link nicht weiter:
mail-decline = Wenn Sie lieber nicht teilnehmen, können Sie das auf derselben Seite sagen; dann folgt keine weitere Erinnerung.
mail-notice-title = Wer was sieht
mail-receipt-wrong = Wenn diese Antworten nicht von Ihnen sind, antworten Sie bitte auf diesen Brief.
mail-reply = Antworten auf diesen Brief gehen an { $consultant }.

mail-on-behalf = im Auftrag von { $organisation }, { $team }
