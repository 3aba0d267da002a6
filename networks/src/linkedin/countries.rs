//! Countries by the English names that LinkedIn has for them: it tells no codes.
//! <https://learn.microsoft.com/en-us/linkedin/shared/references/v2/standardized-data/locations/geo>

/// The two letters of ISO 3166-1, and Kosovo's, with the names under which a country is known.
const COUNTRIES: &str = "\
AD Andorra
AE United Arab Emirates
AF Afghanistan
AG Antigua and Barbuda
AI Anguilla
AL Albania
AM Armenia
AO Angola
AQ Antarctica
AR Argentina
AS American Samoa
AT Austria
AU Australia
AW Aruba
AX Åland Islands|Aland Islands
AZ Azerbaijan
BA Bosnia and Herzegovina|Bosnia
BB Barbados
BD Bangladesh
BE Belgium
BF Burkina Faso
BG Bulgaria
BH Bahrain
BI Burundi
BJ Benin
BL Saint Barthélemy|Saint Barthelemy|St. Barthélemy
BM Bermuda
BN Brunei|Brunei Darussalam
BO Bolivia|Plurinational State of Bolivia
BQ Bonaire, Sint Eustatius and Saba|Caribbean Netherlands|Bonaire
BR Brazil
BS Bahamas|The Bahamas
BT Bhutan
BV Bouvet Island
BW Botswana
BY Belarus
BZ Belize
CA Canada
CC Cocos (Keeling) Islands|Cocos Islands
CD Democratic Republic of the Congo|Congo (DRC)|Congo, Democratic Republic of the|Congo - Kinshasa|DR Congo
CF Central African Republic
CG Congo|Republic of the Congo|Congo - Brazzaville|Congo (Republic)
CH Switzerland
CI Côte d'Ivoire|Ivory Coast|Cote d'Ivoire
CK Cook Islands
CL Chile
CM Cameroon
CN China|People's Republic of China|Mainland China
CO Colombia
CR Costa Rica
CU Cuba
CV Cape Verde|Cabo Verde
CW Curaçao|Curacao
CX Christmas Island
CY Cyprus
CZ Czechia|Czech Republic
DE Germany
DJ Djibouti
DK Denmark
DM Dominica
DO Dominican Republic
DZ Algeria
EC Ecuador
EE Estonia
EG Egypt
EH Western Sahara
ER Eritrea
ES Spain
ET Ethiopia
FI Finland
FJ Fiji
FK Falkland Islands|Falkland Islands (Islas Malvinas)
FM Micronesia|Federated States of Micronesia
FO Faroe Islands
FR France
GA Gabon
GB United Kingdom|Great Britain
GD Grenada
GE Georgia
GF French Guiana
GG Guernsey
GH Ghana
GI Gibraltar
GL Greenland
GM Gambia|The Gambia
GN Guinea
GP Guadeloupe
GQ Equatorial Guinea
GR Greece
GS South Georgia and the South Sandwich Islands
GT Guatemala
GU Guam
GW Guinea-Bissau
GY Guyana
HK Hong Kong|Hong Kong SAR
HM Heard Island and McDonald Islands
HN Honduras
HR Croatia
HT Haiti
HU Hungary
ID Indonesia
IE Ireland
IL Israel
IM Isle of Man
IN India
IO British Indian Ocean Territory
IQ Iraq
IR Iran|Islamic Republic of Iran
IS Iceland
IT Italy
JE Jersey
JM Jamaica
JO Jordan
JP Japan
KE Kenya
KG Kyrgyzstan
KH Cambodia
KI Kiribati
KM Comoros
KN Saint Kitts and Nevis|St. Kitts and Nevis
KP North Korea|Democratic People's Republic of Korea
KR South Korea|Korea|Republic of Korea
KW Kuwait
KY Cayman Islands
KZ Kazakhstan
LA Laos|Lao People's Democratic Republic
LB Lebanon
LC Saint Lucia|St. Lucia
LI Liechtenstein
LK Sri Lanka
LR Liberia
LS Lesotho
LT Lithuania
LU Luxembourg
LV Latvia
LY Libya
MA Morocco
MC Monaco
MD Moldova|Republic of Moldova
ME Montenegro
MF Saint Martin|St. Martin|Saint Martin (French part)
MG Madagascar
MH Marshall Islands
MK North Macedonia|Macedonia|Republic of North Macedonia
ML Mali
MM Myanmar|Myanmar (Burma)|Burma
MN Mongolia
MO Macao|Macau|Macao SAR|Macau SAR
MP Northern Mariana Islands
MQ Martinique
MR Mauritania
MS Montserrat
MT Malta
MU Mauritius
MV Maldives
MW Malawi
MX Mexico
MY Malaysia
MZ Mozambique
NA Namibia
NC New Caledonia
NE Niger
NF Norfolk Island
NG Nigeria
NI Nicaragua
NL Netherlands|The Netherlands
NO Norway
NP Nepal
NR Nauru
NU Niue
NZ New Zealand
OM Oman
PA Panama
PE Peru
PF French Polynesia
PG Papua New Guinea
PH Philippines
PK Pakistan
PL Poland
PM Saint Pierre and Miquelon|St. Pierre and Miquelon
PN Pitcairn Islands|Pitcairn
PR Puerto Rico
PS Palestine|Palestinian Territory|Palestinian Authority|State of Palestine|Palestinian Territories
PT Portugal
PW Palau
PY Paraguay
QA Qatar
RE Réunion|Reunion
RO Romania
RS Serbia
RU Russia|Russian Federation
RW Rwanda
SA Saudi Arabia
SB Solomon Islands
SC Seychelles
SD Sudan
SE Sweden
SG Singapore
SH Saint Helena|St. Helena|Saint Helena, Ascension and Tristan da Cunha
SI Slovenia
SJ Svalbard and Jan Mayen|Svalbard
SK Slovakia
SL Sierra Leone
SM San Marino
SN Senegal
SO Somalia
SR Suriname
SS South Sudan
ST São Tomé and Príncipe|Sao Tome and Principe
SV El Salvador
SX Sint Maarten|Sint Maarten (Dutch part)
SY Syria|Syrian Arab Republic
SZ Eswatini|Swaziland
TC Turks and Caicos Islands
TD Chad
TF French Southern Territories|French Southern and Antarctic Lands
TG Togo
TH Thailand
TJ Tajikistan
TK Tokelau
TL Timor-Leste|East Timor
TM Turkmenistan
TN Tunisia
TO Tonga
TR Türkiye|Turkey|Turkiye
TT Trinidad and Tobago
TV Tuvalu
TW Taiwan
TZ Tanzania|United Republic of Tanzania
UA Ukraine
UG Uganda
UM United States Minor Outlying Islands|U.S. Outlying Islands
US United States|United States of America
UY Uruguay
UZ Uzbekistan
VA Vatican City|Holy See
VC Saint Vincent and the Grenadines|St. Vincent and the Grenadines
VE Venezuela|Bolivarian Republic of Venezuela
VG British Virgin Islands
VI U.S. Virgin Islands|United States Virgin Islands
VN Vietnam|Viet Nam
VU Vanuatu
WF Wallis and Futuna
WS Samoa
XK Kosovo
YE Yemen
YT Mayotte
ZA South Africa
ZM Zambia
ZW Zimbabwe";

/// The letters of a name, however it is written: signs, and letters that have some, are left out.
fn letters(name: &str) -> impl Iterator<Item = char> {
    name.chars().filter(char::is_ascii_alphabetic).map(|letter| letter.to_ascii_lowercase())
}

/// The two letters of the country of this name; none of one that nobody knows by it.
pub(super) fn code(name: &str) -> Option<String> {
    let name = name.replace('&', "and");
    // No country is known by nothing.
    letters(&name).next()?;
    let known = |line: &&str| {
        let names = line.split_once(' ').map_or("", |(_, names)| names);
        names.split('|').any(|known| letters(known).eq(letters(&name)))
    };
    let (code, _) = COUNTRIES.lines().find(known)?.split_once(' ')?;
    Some(code.to_owned())
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;
    use crate::audience::country;

    #[test]
    fn countries_are_known_by_their_names_however_they_are_written() {
        let said = ["United States", "türkiye", "Turkey", "Bosnia & Herzegovina", "Côte d’Ivoire", "Hong Kong SAR"];
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(said.map(code), [some("US"), some("TR"), some("TR"), some("BA"), some("CI"), some("HK")]);
        assert_eq!(["Niger", "Nigeria", "Guinea", "Guinea-Bissau"].map(code), ["NE", "NG", "GN", "GW"].map(some));
        assert_eq!(["", "Atlantis", "Ελλάδα", "|", "GR"].map(code), [None, None, None, None, None]);
    }

    #[test]
    fn each_name_is_that_of_one_country() {
        let mut known: HashMap<String, &str> = HashMap::new();
        for line in COUNTRIES.lines() {
            let (code, names) = line.split_once(' ').unwrap();
            assert_eq!(country(code).as_deref(), Some(code));
            for name in names.split('|') {
                let name: String = letters(name).collect();
                assert!(name.len() > 2, "{line}");
                assert_eq!(*known.entry(name).or_insert(code), code, "{line}");
            }
        }
        assert!(COUNTRIES.lines().count() > 240);
    }
}
