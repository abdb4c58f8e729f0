"""Mail services that anybody may have an address with, and providers of lines for homes."""

from __future__ import annotations

#: In a family the star is the ending of a country, or a general one (``domain.addresses``).
FREE_DOMAINS: tuple[str, ...] = (
    *("126.com", "139.com", "163.com", "abv.bg", "aim.com", "aliyun.com", "aol.*", "arcor.de"),
    *("att.net", "bellsouth.net", "bigpond.com", "bk.ru", "bluewin.ch", "bol.com.br"),
    *("btinternet.com", "charter.net", "comcast.net", "cox.net", "daum.net", "earthlink.net"),
    *("email.com", "email.cz", "fastmail.*", "foxmail.com", "free.fr", "freenet.de", "gmail.com"),
    *("gmx.*", "googlemail.com", "hanmail.net", "hey.com", "hotmail.*", "hushmail.com"),
    *("icloud.com", "inbox.lv", "inbox.ru", "interia.pl", "laposte.net", "libero.it", "list.ru"),
    *("live.*", "mac.com", "mail.com", "mail.de", "mail.ru", "mailbox.org", "me.com", "msn.com"),
    *("mynet.com", "naver.com", "o2.pl", "onet.pl", "online.de", "orange.fr", "outlook.*"),
    *("pm.me", "posteo.*", "proton.*", "protonmail.*", "qq.com", "rambler.ru", "rediffmail.com"),
    *("rocketmail.com", "sapo.pt", "sbcglobal.net", "seznam.cz", "sfr.fr", "shaw.ca", "sina.com"),
    *("sky.com", "skynet.be", "sohu.com", "t-online.de", "telenet.be", "terra.com.br"),
    *("tiscali.*", "tuta.*", "tutanota.*", "uol.com.br", "verizon.net", "virgilio.it"),
    *("virginmedia.com", "wanadoo.fr", "web.de", "windowslive.com", "wp.pl", "ya.ru", "yahoo.*"),
    *("yandex.*", "yeah.net", "ymail.com", "ziggo.nl", "zoho.com"),
)
