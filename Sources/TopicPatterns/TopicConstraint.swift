/// The subset of regular expressions for a parameter's constraint.
///
/// It has no lookaround and no references, so that every constraint can become an automaton and matching takes one step
/// per character.
indirect enum TopicConstraint {
    case set(ASCIISet)
    case sequence([TopicConstraint])
    case choice([TopicConstraint])
    /// Repeats at least `least` times and at most `most` times; nil means without a maximum.
    case repeated(TopicConstraint, least: Int, most: Int?)
}

extension TopicConstraint {
    private static let deepestGroup = 16
    private static let mostRepetitions = 255

    /// Reads a constraint up to the `}` that ends its parameter, without consuming that.
    init(_ reader: inout PatternReader, depth: Int = 0) throws(TopicError) {
        var choices = [try Self.sequence(&reader, depth: depth)]
        while reader.take("|") { choices.append(try Self.sequence(&reader, depth: depth)) }
        self = choices.count == 1 ? choices[0] : .choice(choices)
    }

    private static func sequence(_ reader: inout PatternReader, depth: Int) throws(TopicError) -> TopicConstraint {
        var items: [TopicConstraint] = []
        while let byte = reader.next, !isEnd(byte, depth: depth) {
            let item = try atom(&reader, depth: depth)
            items.append(try quantified(item, &reader))
        }
        guard let only = items.first else {
            throw reader.failure("the constraint has an empty part; write what it should match", at: reader.position)
        }
        return items.count == 1 ? only : .sequence(items)
    }

    private static func isEnd(_ byte: UInt8, depth: Int) -> Bool {
        switch byte {
        case UInt8(ascii: "|"), UInt8(ascii: "}"): true
        case UInt8(ascii: ")"): depth > 0
        default: false
        }
    }

    private static func atom(_ reader: inout PatternReader, depth: Int) throws(TopicError) -> TopicConstraint {
        guard let byte = reader.take() else { throw reader.failure("the constraint is cut off") }
        switch byte {
        case UInt8(ascii: "("): return try group(&reader, depth: depth)
        case UInt8(ascii: "["): return .set(try characterClass(&reader))
        case UInt8(ascii: "\\"): return .set(try escaped(&reader))
        case UInt8(ascii: "."): return .set(.printable)
        case UInt8(ascii: "^"), UInt8(ascii: "$"):
            throw reader.failure("a constraint always matches the whole parameter; remove ^ and $")
        case UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "?"), UInt8(ascii: "{"):
            throw reader.failure("there is nothing to repeat; write something before it, or escape it by \\")
        case UInt8(ascii: ")"): throw reader.failure("this ) has no (; write \\) for the character")
        default: return .set(ASCIISet(byte))
        }
    }

    private static func group(_ reader: inout PatternReader, depth: Int) throws(TopicError) -> TopicConstraint {
        let opening = reader.position - 1
        guard depth < deepestGroup else {
            throw reader.failure("groups are nested deeper than \(deepestGroup); simplify the constraint")
        }
        if reader.take("?"), !reader.take(":") {
            throw reader.failure("lookaround and flags are not supported; use plain groups")
        }
        let inner = try TopicConstraint(&reader, depth: depth + 1)
        guard reader.take(")") else { throw reader.failure("this ( is never closed; add a )", at: opening) }
        return inner
    }

    // MARK: Repetition

    private static func quantified(
        _ item: TopicConstraint,
        _ reader: inout PatternReader
    ) throws(TopicError) -> TopicConstraint {
        let result: TopicConstraint
        if reader.take("*") {
            result = .repeated(item, least: 0, most: nil)
        } else if reader.take("+") {
            result = .repeated(item, least: 1, most: nil)
        } else if reader.take("?") {
            result = .repeated(item, least: 0, most: 1)
        } else if reader.take("{") {
            result = try counted(item, &reader)
        } else {
            return item
        }
        switch reader.next {
        case UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "?"), UInt8(ascii: "{"):
            throw reader.failure("a repetition cannot be repeated; remove the second one", at: reader.position)
        default: return result
        }
    }

    private static func counted(
        _ item: TopicConstraint,
        _ reader: inout PatternReader
    ) throws(TopicError) -> TopicConstraint {
        let opening = reader.position - 1
        let least = number(&reader)
        var most = least
        if reader.take(",") { most = reader.next == UInt8(ascii: "}") ? nil : number(&reader) ?? -1 }
        guard let least, reader.take("}"), most.map({ $0 >= max(least, 1) }) ?? true else {
            throw reader.failure(
                "this repetition is malformed; write {2}, {2,} or {2,5} with numbers up to \(mostRepetitions)",
                at: opening
            )
        }
        return .repeated(item, least: least, most: most)
    }

    private static func number(_ reader: inout PatternReader) -> Int? {
        var value: Int?
        while let digit = reader.next, ASCIISet.digits.contains(digit), value ?? 0 <= mostRepetitions {
            value = (value ?? 0) * 10 + Int(digit - UInt8(ascii: "0"))
            _ = reader.take()
        }
        return value.flatMap { $0 <= mostRepetitions ? $0 : nil }
    }
}
