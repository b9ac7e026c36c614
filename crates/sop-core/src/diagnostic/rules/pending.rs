//! Pending.
use crate::diagnostic::registry::rule_table;
rule_table! {
    9000 ABSENCE_REVERSED Error
        "x", "x"
        page "x", "x"
        bad "" good "";
    9001 ACCOUNTABLE_IS_DOER Error
        "x", "x"
        page "x", "x"
        bad "" good "";
    9002 ACTING_WITHOUT_END Error
        "x", "x"
        page "x", "x"
        bad "" good "";
    9003 ACTING_WITHOUT_MANDATE Error
        "x", "x"
        page "x", "x"
        bad "" good "";
    9004 ACTS_THROUGH_CHAIN Error
        "x", "x"
        page "x", "x"
        bad "" good "";
    9005 BAD_ZONE Error
        "x", "x"
        page "x", "x"
        bad "" good "";
    9006 CANNOT_CLOSE Error
        "x", "x"
        page "x", "x"
        bad "" good "";
    9007 COLUMN_MISSING Error
        "x", "x"
        page "x", "x"
        bad "" good "";
    9008 COLUMN_TWICE Error
        "x", "x"
        page "x", "x"
        bad "" good "";
    9009 CONFIDENCE_OF_NO_READING Error
        "x", "x"
        page "x", "x"
        bad "" good "";
    9010 DIRECTORY_UNKNOWN_PERSON Error
        "x", "x"
        page "x", "x"
        bad "" good "";
    9011 DIRECTORY_UNKNOWN_POST Error
        "x", "x"
        page "x", "x"
        bad "" good "";
    9012 DURATION_OUT_OF_BOUNDS Error
        "x", "x"
        page "x", "x"
        bad "" good "";
    9013 EDITION_ZERO Error
        "x", "x"
        page "x", "x"
        bad "" good "";
    9014 END_NOT_STOP Error
        "x", "x"
        page "x", "x"
        bad "" good "";
    9015 ESCALATES_TO_DOER Error
        "x", "x"
        page "x", "x"
        bad "" good "";
    9016 FIELD_RANGE Error
        "x", "x"
        page "x", "x"
        bad "" good "";
    9017 FIELD_SCALE Error
        "x", "x"
        page "x", "x"
        bad "" good "";
    9018 FOREIGN_SCHEMA Error
        "x", "x"
        page "x", "x"
        bad "" good "";
    9019 GUARD_CONSTANT Error
        "x", "x"
        page "x", "x"
        bad "" good "";
    9020 GUARD_RACE Error
        "x", "x"
        page "x", "x"
        bad "" good "";
    9021 GUARD_READS_UNSET Error
        "x", "x"
        page "x", "x"
        bad "" good "";
    9022 GUARD_SYNTAX Error
        "x", "x"
        page "x", "x"
        bad "" good "";
    9023 GUARD_TOO_LONG Error
        "x", "x"
        page "x", "x"
        bad "" good "";
    9024 GUARD_TYPE Error
        "x", "x"
        page "x", "x"
        bad "" good "";
    9025 GUARD_UNKNOWN_FIELD Error
        "x", "x"
        page "x", "x"
        bad "" good "";
    9026 ISSUED_BEFORE_WRITTEN Error
        "x", "x"
        page "x", "x"
        bad "" good "";
    9027 JOIN_SOURCE_ASTRAY Error
        "x", "x"
        page "x", "x"
        bad "" good "";
    9028 JOIN_SOURCE_MISSING Error
        "x", "x"
        page "x", "x"
        bad "" good "";
    9029 KEY_OF_ANOTHER_TYPE Error
        "x", "x"
        page "x", "x"
        bad "" good "";
    9030 LIMIT_WITHOUT_RETURN Error
        "x", "x"
        page "x", "x"
        bad "" good "";
    9031 LIMIT_ZERO Error
        "x", "x"
        page "x", "x"
        bad "" good "";
    9032 LINK_NOT_IN_REMARK Error
        "x", "x"
        page "x", "x"
        bad "" good "";
    9033 MAKES_NOT_REQUIRED Error
        "x", "x"
        page "x", "x"
        bad "" good "";
    9034 MANDATE_OF_HOLDER Error
        "x", "x"
        page "x", "x"
        bad "" good "";
    9035 MERGED_AND_OWN Error
        "x", "x"
        page "x", "x"
        bad "" good "";
    9036 NOBODY_ABOVE Error
        "x", "x"
        page "x", "x"
        bad "" good "";
    9037 NOBODY_ACCOUNTABLE Error
        "x", "x"
        page "x", "x"
        bad "" good "";
    9038 NOBODY_TO_WITHDRAW Error
        "x", "x"
        page "x", "x"
        bad "" good "";
    9039 NOTHING_ABOVE Error
        "x", "x"
        page "x", "x"
        bad "" good "";
    9040 NOTHING_LISTED Error
        "x", "x"
        page "x", "x"
        bad "" good "";
    9041 NOT_IN_FORCE Error
        "x", "x"
        page "x", "x"
        bad "" good "";
    9042 NOT_UTF Error
        "x", "x"
        page "x", "x"
        bad "" good "";
    9043 NO_COLUMN_FOR Error
        "x", "x"
        page "x", "x"
        bad "" good "";
    9044 NO_WAY_OUT Error
        "x", "x"
        page "x", "x"
        bad "" good "";
    9045 OFFICE_WITHOUT_UNITS Error
        "x", "x"
        page "x", "x"
        bad "" good "";
    9046 ONLY_REMINDERS_REPEAT Error
        "x", "x"
        page "x", "x"
        bad "" good "";
    9047 OUTPUT_UNDER_ANOTHER_NAME Error
        "x", "x"
        page "x", "x"
        bad "" good "";
    9048 OWN_TIME_ON_SHARED_CLOCK Error
        "x", "x"
        page "x", "x"
        bad "" good "";
    9049 PAPER_TWICE Error
        "x", "x"
        page "x", "x"
        bad "" good "";
    9050 PATTERN_WITHOUT_NUMBER Error
        "x", "x"
        page "x", "x"
        bad "" good "";
    9051 PATTERN_WITHOUT_YEAR Error
        "x", "x"
        page "x", "x"
        bad "" good "";
    9052 PER_FIELD_KIND Error
        "x", "x"
        page "x", "x"
        bad "" good "";
    9053 PER_FIELD_UNSET Error
        "x", "x"
        page "x", "x"
        bad "" good "";
    9054 PLH_TOO_LONG Error
        "x", "x"
        page "x", "x"
        bad "" good "";
    9055 PLH_WITHOUT_ABSENCE Error
        "x", "x"
        page "x", "x"
        bad "" good "";
    9056 PLT_BESIDE_HOLDER Error
        "x", "x"
        page "x", "x"
        bad "" good "";
    9057 PLT_TOO_LONG Error
        "x", "x"
        page "x", "x"
        bad "" good "";
    9058 READING_WITHOUT_CONFIDENCE Error
        "x", "x"
        page "x", "x"
        bad "" good "";
    9059 REASON_MISSING Error
        "x", "x"
        page "x", "x"
        bad "" good "";
    9060 RESERVED_ID Error
        "x", "x"
        page "x", "x"
        bad "" good "";
    9061 RETURN_ACROSS_JOIN Error
        "x", "x"
        page "x", "x"
        bad "" good "";
    9062 RETURN_NOT_BACK Error
        "x", "x"
        page "x", "x"
        bad "" good "";
    9063 REVISES_NO_OUTPUT Error
        "x", "x"
        page "x", "x"
        bad "" good "";
    9064 REWORK_ON_SHARED_CLOCK Error
        "x", "x"
        page "x", "x"
        bad "" good "";
    9065 ROLE_WITHOUT_POST Error
        "x", "x"
        page "x", "x"
        bad "" good "";
    9066 ROW_WITHOUT_ACTIVITY Error
        "x", "x"
        page "x", "x"
        bad "" good "";
    9067 ROW_WITHOUT_OUTPUT Error
        "x", "x"
        page "x", "x"
        bad "" good "";
    9068 RUNG_AFTER_LEAVING Error
        "x", "x"
        page "x", "x"
        bad "" good "";
    9069 RUNG_ON_CLOSING Error
        "x", "x"
        page "x", "x"
        bad "" good "";
    9070 SAME_AND_DISTINCT Error
        "x", "x"
        page "x", "x"
        bad "" good "";
    9071 SECOND_REQUESTER Error
        "x", "x"
        page "x", "x"
        bad "" good "";
    9072 SEPARATED_FROM_ITSELF Error
        "x", "x"
        page "x", "x"
        bad "" good "";
    9073 SOURCE_TWICE Error
        "x", "x"
        page "x", "x"
        bad "" good "";
    9074 START_ON_JOIN Error
        "x", "x"
        page "x", "x"
        bad "" good "";
    9075 STEP_TWICE Error
        "x", "x"
        page "x", "x"
        bad "" good "";
    9076 SUPERIOR_CIRCLE Error
        "x", "x"
        page "x", "x"
        bad "" good "";
    9077 SYMBOL_BESIDE_NOTHING Error
        "x", "x"
        page "x", "x"
        bad "" good "";
    9078 TENURE_REVERSED Error
        "x", "x"
        page "x", "x"
        bad "" good "";
    9079 THEN_COMES_BACK Error
        "x", "x"
        page "x", "x"
        bad "" good "";
    9080 THEN_ON_JOIN Error
        "x", "x"
        page "x", "x"
        bad "" good "";
    9081 TIME_TOO_LARGE Error
        "x", "x"
        page "x", "x"
        bad "" good "";
    9082 TIME_WITHOUT_DURATION Error
        "x", "x"
        page "x", "x"
        bad "" good "";
    9083 TIME_ZERO Error
        "x", "x"
        page "x", "x"
        bad "" good "";
    9084 TOO_MANY_FIELDS Error
        "x", "x"
        page "x", "x"
        bad "" good "";
    9085 TOO_MANY_STEPS Error
        "x", "x"
        page "x", "x"
        bad "" good "";
    9086 TWO_PER_FIELDS Error
        "x", "x"
        page "x", "x"
        bad "" good "";
    9087 UNREACHED_STEP Error
        "x", "x"
        page "x", "x"
        bad "" good "";
    9088 UNREADABLE_TIME Error
        "x", "x"
        page "x", "x"
        bad "" good "";
    9089 UNSURE_READING Error
        "x", "x"
        page "x", "x"
        bad "" good "";
    9090 UNUSED_END Error
        "x", "x"
        page "x", "x"
        bad "" good "";
    9091 UNUSED_PAPER Error
        "x", "x"
        page "x", "x"
        bad "" good "";
    9092 UTF Error
        "x", "x"
        page "x", "x"
        bad "" good "";
    9093 WAIVED_PAPER Error
        "x", "x"
        page "x", "x"
        bad "" good "";
    9094 WAIVER_UNUSED Error
        "x", "x"
        page "x", "x"
        bad "" good "";
    9095 WITHIN_BESIDE_TIME Error
        "x", "x"
        page "x", "x"
        bad "" good "";
}
