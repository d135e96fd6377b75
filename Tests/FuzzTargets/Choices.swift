/// Splits an input into decisions and pieces of bytes, in the order in which they are requested.
///
/// At the end of the input every decision is 0.
struct Choices {
    private var rest: Slice<UnsafeRawBufferPointer>

    init(_ bytes: UnsafeRawBufferPointer) {
        rest = bytes[...]
    }

    var isEmpty: Bool { rest.isEmpty }

    mutating func byte() -> UInt8 {
        rest.popFirst() ?? 0
    }

    /// A number of two bytes.
    mutating func number() -> Int {
        Int(byte()) << 8 | Int(byte())
    }

    /// The next `count` bytes, or as many as there are.
    mutating func bytes(_ count: Int) -> [UInt8] {
        let taken = Array(rest.prefix(count))
        rest = rest.dropFirst(count)
        return taken
    }

    /// Bytes after a length of two bytes.
    mutating func piece() -> [UInt8] {
        bytes(number())
    }

    /// All remaining bytes.
    mutating func remainder() -> [UInt8] {
        bytes(rest.count)
    }
}
