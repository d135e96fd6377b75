extension TopicConstraint {
    /// Reads the characters of a class, after its `[`.
    static func characterClass(_ reader: inout PatternReader) throws(TopicError) -> ASCIISet {
        let opening = reader.position - 1
        let isNegated = reader.take("^")
        var set = ASCIISet()
        while !reader.take("]") {
            let item = try classItem(&reader, opening: opening)
            guard let first = item.only, reader.take("-") else {
                set = set.union(item.set)
                continue
            }
            guard reader.next != UInt8(ascii: "]") else {
                // A hyphen at the end stands for itself.
                set.insert(first)
                set.insert(UInt8(ascii: "-"))
                continue
            }
            let last = try classItem(&reader, opening: opening)
            guard let last = last.only, first <= last else {
                throw reader.failure("this range is invalid; write two single characters, the smaller one first")
            }
            set = set.union(ASCIISet(first...last))
        }
        if isNegated { set = ASCIISet.printable.subtracting(set) }
        guard !set.isEmpty else { throw reader.failure("this class has no characters; add at least one", at: opening) }
        return set
    }

    /// A character of a class, or a set such as `\d`, which cannot begin a range.
    private static func classItem(
        _ reader: inout PatternReader,
        opening: Int
    ) throws(TopicError) -> (set: ASCIISet, only: UInt8?) {
        switch reader.take() {
        case nil: throw reader.failure("this [ is never closed; add a ]", at: opening)
        case UInt8(ascii: "["): throw reader.failure("write \\[ for a bracket inside a class")
        case UInt8(ascii: "\\"):
            let set = try escaped(&reader)
            let bytes = set.bytes
            return (set, bytes.count == 1 ? bytes[0] : nil)
        case let byte?: return (ASCIISet(byte), byte)
        }
    }

    /// Reads the character after a backslash.
    static func escaped(_ reader: inout PatternReader) throws(TopicError) -> ASCIISet {
        switch reader.take() {
        case nil: throw reader.failure("nothing follows the backslash")
        case UInt8(ascii: "d"): return .digits
        case UInt8(ascii: "w"): return .wordCharacters
        case let byte? where ASCIISet.wordCharacters.contains(byte):
            let name = Character(Unicode.Scalar(byte))
            throw reader.failure("\\\(name) is not supported; use \\d, \\w or a class such as [a-z0-9]")
        case let byte?: return ASCIISet(byte)
        }
    }
}
