/// One piece of a header block as it is written (RFC 7541 §6).
///
/// The writer chooses the form, so that a test can make each of them, the wrong ones too.
///
/// Indexes count from 1: the static table first, then from 62 the dynamic table, newest first.
package enum HeaderRepresentation: Hashable, Sendable {
    case indexed(Int)
    /// A literal that the dynamic table keeps.
    case indexing(Field)
    /// A literal that no table keeps.
    case literal(Field)
    /// A literal whose name is taken from a table and that no table keeps.
    case literalNamed(Int, value: [UInt8])
    case neverIndexed(Field)
    case tableSize(Int)
    /// Bytes as they are, for what no representation allows.
    case raw([UInt8])

    package static func literal(_ name: String, _ value: String) -> HeaderRepresentation {
        .literal(Field(name, value))
    }

    package static func indexing(_ name: String, _ value: String) -> HeaderRepresentation {
        .indexing(Field(name, value))
    }

    func write(into bytes: inout [UInt8]) {
        switch self {
        case .indexed(let index): HPACKInteger.encode(index, prefix: 7, pattern: 0x80, into: &bytes)
        case .indexing(let field): Self.write(field, pattern: 0x40, into: &bytes)
        case .literal(let field): Self.write(field, pattern: 0, into: &bytes)
        case .literalNamed(let index, let value):
            HPACKInteger.encode(index, prefix: 4, pattern: 0, into: &bytes)
            Self.write(value, into: &bytes)
        case .neverIndexed(let field): Self.write(field, pattern: 0x10, into: &bytes)
        case .tableSize(let size): HPACKInteger.encode(size, prefix: 5, pattern: 0x20, into: &bytes)
        case .raw(let raw): bytes += raw
        }
    }

    private static func write(_ field: Field, pattern: UInt8, into bytes: inout [UInt8]) {
        bytes.append(pattern)
        write(field.name, into: &bytes)
        write(field.value, into: &bytes)
    }

    /// A string literal without Huffman coding (RFC 7541 §5.2).
    private static func write(_ string: [UInt8], into bytes: inout [UInt8]) {
        HPACKInteger.encode(string.count, prefix: 7, pattern: 0, into: &bytes)
        bytes += string
    }
}

extension [HeaderRepresentation] {
    /// A header block in which every field is a literal without indexing.
    package init(_ fields: [Field]) {
        self = fields.map { .literal($0) }
    }

    package var bytes: [UInt8] {
        reduce(into: []) { bytes, representation in representation.write(into: &bytes) }
    }
}
