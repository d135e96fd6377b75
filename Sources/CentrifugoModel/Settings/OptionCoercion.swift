/// Converts values to the kinds that Centrifugo expects: weakly typed, like Go's mapstructure.
enum OptionCoercion {
    /// A value that cannot be converted.
    struct MismatchError: Error {
        var rule = "wrong-type"
        let problem: String
        let fix: String
    }

    static func flag(_ value: ConfigurationValue) throws(MismatchError) -> Bool {
        switch value {
        case .flag(let flag): return flag
        case .integer(let integer): return integer != 0
        case .number(let number): return number != 0
        case .text(""), .null: return false
        case .text(let text): return try flag(text)
        case .list, .object: throw wanted("true or false", value)
        }
    }

    /// A boolean from a text, as Go's `strconv.ParseBool` reads it.
    static func flag(_ text: String) throws(MismatchError) -> Bool {
        switch text {
        case "1", "t", "T", "true", "TRUE", "True": return true
        case "0", "f", "F", "false", "FALSE", "False": return false
        default:
            throw MismatchError(
                rule: "not-boolean",
                problem: "\"\(text)\" is not a boolean",
                fix: "write true or false; yes, no, on and off are texts"
            )
        }
    }

    static func text(_ value: ConfigurationValue) throws(MismatchError) -> String {
        switch value {
        case .text(let text): return text
        case .flag(let flag): return flag ? "1" : "0"
        case .integer(let integer): return "\(integer)"
        case .number(let number):
            return number == number.rounded() && abs(number) < 1e15 ? "\(Int(number))" : "\(number)"
        case .null: return ""
        case .list, .object: throw wanted("a text", value)
        }
    }

    static func integer(_ value: ConfigurationValue) throws(MismatchError) -> Int {
        switch value {
        case .integer(let integer): return integer
        case .number(let number): return Int(exactly: number.rounded(.towardZero)) ?? Int.max
        case .flag(let flag): return flag ? 1 : 0
        case .text(""), .null: return 0
        case .text(let text):
            guard let integer = Int(text) else { throw wanted("a whole number", value) }
            return integer
        case .list, .object: throw wanted("a whole number", value)
        }
    }

    /// A duration in seconds.
    static func duration(_ value: ConfigurationValue) throws(MismatchError) -> Double {
        switch value {
        case .text(let text): return try duration(text)
        // A number is in nanoseconds.
        case .integer(let integer): return Double(integer) / 1e9
        case .number(let number): return number.rounded(.towardZero) / 1e9
        case .flag(let flag): return flag ? 1e-9 : 0
        case .null: return 0
        case .list, .object: throw wanted("a duration such as \"1s\"", value)
        }
    }

    static func duration(_ text: String) throws(MismatchError) -> Double {
        guard let duration = GoDuration(text) else {
            throw MismatchError(
                rule: "not-duration",
                problem: "\"\(text)\" is not a duration",
                fix: "write a number and a unit (ns, us, ms, s, m, h), such as \"1s\" or \"500ms\""
            )
        }
        return duration.seconds
    }

    static func wanted(_ kind: String, _ value: ConfigurationValue) -> MismatchError {
        MismatchError(problem: "it is \(value.kindName), but Centrifugo expects \(kind)", fix: "write \(kind)")
    }
}
