"""Codes of ISO 20022 that record 2.2 and SEPA direct debits (type 127) carry, as lists.

Source: the external code sets of ISO 20022, edition of the second quarter of 2026; the meanings are this project's
paraphrases of those that come back with bank transactions. ISO adds codes every quarter, so that no list is complete
for ever: `coda_records` says what becomes of a code that is on none.
"""

from codasync.coda_codes import table


def _codes(text: str) -> frozenset[str]:
    return frozenset(text.split())


CATEGORY_PURPOSES = _codes("""
    BONU CASH CBLK CCRD CDIS CGWV CIPC CONC CORT CPAY CRYP CTDF DCRD DIVI DVPM EPAY FCDT FCIN FCOL GOVT GP2P HEDG
    ICCP IDCP INTC INTE LBOX LOAN MP2B MP2P OTHR PENS RPRE RRCT RVPM SALA SAVG SECU SSBE SUPP SWEP TAXS TOPG TRAD
    TREA VATX VOST WHLD ZABA
""")
PURPOSES = _codes("""
    ACCT ACTF ADCS ADMG ADVA AEMP AGRT AIRB ALDS ALLW ALMY AMEX ANNI ANTS AREN AUCO B112 BBSC BCDM BCFG BECH BENE
    BEXP BFWD BKDF BKFE BKFM BKIP BKPP BLDM BLDS BNET BNPL BOCE BOND BONU BR12 BROK BUSB CABD CAEQ CAFI CARL CASH
    CBCR CBFF CBFR CBLK CBTV CCHD CCIR CCPC CCPM CCRD CCSM CDBL CDCB CDCD CDCS CDDP CDEP CDOC CDQC CFDI CFEE CGDD
    CHAR CHCP CHDF CHFN CLDS CLPR CMDT COLL COMC COMM COMP COMT CORT COST CPEN CPKC CPYR CRDS CRPR CRSP CRTL CRYP
    CSDB CSLP CVCF DBCR DBTC DCRD DEBT DEPD DEPT DERI DICL DIVD DMEQ DNTS DSMT DVPM ECPG ECPR ECPU EDUC EFTC EFTD
    ELEC ENRG EPAY EQPT EQTS EQUS ERPM ESCR ESTX ETUP EXPT EXTD FACT FAND FCOL FCPM FEES FERB FGDL FIXI FLCR FNET
    FORW FREX FUEL FUTR FWBC FWCC FWLV FWSB FWSC FXNT GAFA GAHO GAMB GASB GDDS GDSV GFRP GIFT GOVG GOVI GOVT GSCB
    GSTX GVEA GVEB GVEC GVED GWLT GYMM HEDG HLRP HLST HLTC HLTI HMMS HREC HRPS HSPC HSTX ICCP ICRF IDCP IHRP INBC
    INPC INPR INSC INSM INSU INTC INTE INTP INTX INVS IPAY IPCA IPDO IPEA IPEC IPEW IPPS IPRT IPU2 IPUW IVPT LBIN
    LBRI LBXX LCOL LFEE LICF LIFI LIMA LMEQ LMFI LMRK LOAN LOAR LOTT LREB LREV LSFL LTCF MAFC MARF MARG MBSB MBSC
    MCDM MCFG MDCS MDEP MFSR MGCC MGSC MOMA MP2B MP2P MSVC MTUP NETT NITX NOWS NWCH NWCM OCCC OCDM OCFG ODPY OFEE
    OPBC OPCC OPSB OPSC OPTN OTCD OTHR OTLC PADD PAYR PCOM PDEP PDLN PEFC PENO PENS PHON PLDS PLRF POPE PPTI PRCP
    PRME PSDS PTSP PTXP RAPI RCKE RCPT RDTX REBT REFU RELG RENT REOD REPO RETL RHBS RHSV RIMB RINP RLWY RMCO ROYA
    RPBC RPCC RPNT RPSB RPSC RRBN RRCT RRTP RVPM RVPO SALA SASW SAVG SBSC SCAC SCIE SCIR SCRP SCVE SECU SEPI SERV
    SHBC SHCC SHSL SLDS SLEB SLOA SLPI SPLT SPSP SSBE STDY STRM SUBS SUPP SWBC SWCC SWFP SWPP SWPT SWRS SWSB SWSC
    SWUF TAXR TAXS TBAN TBAS TBBC TBCC TBIL TCSC TELI TIPS TLRF TLRR TMPG TNTP TOLL TPRI TPRP TRAD TRCP TREA TRFD
    TRNC TRPT TRVC TRVL UBIL UNIT VATX VIEW WALM WALS WALT WEBI WHLD WTER
""")
# Why a transaction was rejected (status reason), returned or refunded (return reason), reversed or cancelled.
REASONS = _codes("""
    AB01 AB02 AB03 AB04 AB05 AB06 AB07 AB08 AB09 AB10 AB11 AB12 AB13 AB15 AB21 AB26 AC01 AC02 AC03 AC04 AC05 AC06
    AC07 AC08 AC09 AC10 AC11 AC12 AC13 AC14 AC15 AC16 AC17 AEML AEXR AG01 AG02 AG03 AG04 AG05 AG06 AG07 AG08 AG09
    AG10 AG11 AG12 AG13 AGNT ALAC AM01 AM02 AM03 AM04 AM05 AM06 AM07 AM09 AM10 AM11 AM12 AM13 AM14 AM15 AM16 AM17
    AM18 AM19 AM20 AM21 AM22 AM23 AMSE APAR ARDT ARFR ARJR ATNS BDAY BE01 BE04 BE05 BE06 BE07 BE08 BE09 BE10 BE11
    BE12 BE13 BE14 BE15 BE16 BE17 BE18 BE19 BE20 BE21 BE22 BE23 BIAS CERI CH03 CH04 CH07 CH09 CH10 CH11 CH12 CH13
    CH14 CH15 CH16 CH17 CH19 CH20 CH21 CH22 CHCO CHQC CHRG CN01 CNNS CNOR CNPC COVR CURR CUST CUTA DC02 DC04 DNOR
    DRTP DS01 DS02 DS03 DS04 DS05 DS06 DS07 DS08 DS09 DS0A DS0B DS0C DS0D DS0E DS0F DS0G DS0H DS0K DS10 DS11 DS12
    DS13 DS14 DS15 DS16 DS17 DS18 DS19 DS20 DS21 DS22 DS23 DS24 DS25 DS26 DS27 DS28 DT01 DT02 DT03 DT04 DT05 DT06
    DU01 DU02 DU03 DU04 DU05 DUPL ECAG ED01 ED03 ED05 ED06 EDNA EDTL EDTR EMVL ENUE EOL1 ERIN FF01 FF02 FF03 FF04
    FF05 FF06 FF07 FF08 FF09 FF10 FF11 FF12 FF13 FOCR FR01 FRAD FRNA FRTR G000 G001 G002 G003 G004 G005 G006 G007
    G008 GUAG ID01 IEDT IMCC INAR INCR INCT INDM INDT IPNS IRNR ISWS IUCT MD01 MD02 MD05 MD06 MD07 MICT MINF MODT
    MS02 MS03 NARR NERI NFNA NOAR NOAS NOCM NOFR NOOR NOPG NRCH OBO1 OBO2 OSNS PAID PINL PINS PNRT PPRC RC01 RC02
    RC03 RC04 RC05 RC06 RC07 RC08 RC09 RC10 RC11 RC12 RC13 RC15 RC16 RCON RECI REPR RF01 RQNR RR01 RR02 RR03 RR04
    RR05 RR06 RR07 RR08 RR09 RR10 RR11 RR12 RTNS RUTA S000 S001 S002 S003 S004 SBRN SL01 SL02 SL03 SL11 SL12 SL13
    SL14 SL15 SL16 SL17 SL18 SNRD SP01 SP02 SPII SVNR SYAD TA01 TD01 TD02 TD03 TECH TK01 TK02 TK03 TK09 TKCM TKSG
    TKSP TKVE TKXP TM01 TRAC TS01 TS04 UAPA UCRD UPAY UTNV WGDA WGDB WNTB
""")
REASON_MEANINGS = table("""
    AC01 account number incorrect; AC02 debtor's account number missing or wrong
    AC03 creditor's account number wrong; AC04 account closed; AC06 account blocked; AC07 creditor's account closed
    AC13 debtor's account of a wrong type; AC16 account in sequestration; AC17 account in liquidation
    AG01 transaction forbidden on this account; AG02 operation not valid for the receiver; AM01 amount of zero
    AM02 amount not allowed; AM03 currency not allowed; AM04 insufficient funds; AM05 duplicate; AM06 amount too low
    AM07 amount blocked by an authority; AM09 amount not as agreed; AM10 control sum wrong; ARDT already returned
    BE01 holder and account do not match; BE04 creditor's address missing or wrong; BE05 creditor not recognised
    BE06 holder not known at the bank; BE07 debtor's address missing or wrong; BE08 error of the bank
    CNOR creditor's bank not registered; CURR currency wrong; CUST requested by the customer
    DNOR debtor's bank not registered; DS28 technical problem; DT01 date wrong; DUPL duplicate payment
    ED05 settlement failed; ERIN extended remittance information not supported; FF03 payment type missing or wrong
    FF05 local instrument missing or wrong; FOCR returned after a cancellation request; FR01 fraud
    FRAD fraudulent origin; MD01 no mandate; MD02 mandate information missing or wrong
    MD05 creditor should not have collected it; MD06 refund requested by the debtor; MD07 debtor deceased
    MS02 reason not given by the customer; MS03 reason not given by the bank; NARR reason given as text
    NOAS no answer of the customer; NOOR original transaction never received; RC01 BIC wrong
    RC03 debtor's bank missing or wrong; RC04 creditor's bank missing or wrong; RC07 creditor's BIC wrong
    RF01 reference not unique; RR01 debtor's account or identification missing
    RR02 debtor's name or address missing; RR03 creditor's name or address missing; RR04 regulatory reason
    SL01 service of the debtor's bank; SL02 service of the creditor's bank
    SL11 creditor not on the debtor's list of allowed ones; SL12 creditor on the debtor's list of blocked ones
    SL13 too many direct debits in the period; SL14 direct debit above the debtor's limit
    SP01 stopped by the holder; TECH technical problem; TM01 received after the cut-off time
    UPAY payment not justified
""")
