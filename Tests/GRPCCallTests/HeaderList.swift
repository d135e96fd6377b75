import GRPCCall
import HTTP2Framing

/// Header fields in memory of their own, as a session would hand them over.
final class HeaderList: Sequence {
    private let memory: UnsafeMutableRawBufferPointer
    private var fields: [HeaderField] = []

    init(_ fields: [(name: String, value: [UInt8])]) {
        let byteCount = fields.reduce(0) { $0 + $1.name.utf8.count + $1.value.count }
        memory = .allocate(byteCount: byteCount, alignment: 1)
        var free = memory[...]
        for field in fields {
            let name = store(Array(field.name.utf8), in: &free)
            let value = store(field.value, in: &free)
            self.fields.append(HeaderField(name: name, value: value))
        }
    }

    convenience init(_ fields: KeyValuePairs<String, String>) {
        self.init(fields.map { (name: $0.key, value: Array($0.value.utf8)) })
    }

    deinit {
        memory.deallocate()
    }

    func makeIterator() -> Array<HeaderField>.Iterator {
        fields.makeIterator()
    }

    /// Checks these fields as a request's head.
    func head(isKnownRoute: Bool = true) throws(RejectionError) -> RequestHead {
        // The fields point into the list's memory, which has to outlive the check.
        defer { withExtendedLifetime(self) {} }
        var received = RequestFields()
        for field in fields { received.take(field) }
        return try RequestHead(received, isKnownRoute: isKnownRoute)
    }

    private func store(_ bytes: [UInt8], in free: inout Slice<UnsafeMutableRawBufferPointer>) -> UnsafeRawBufferPointer
    {
        let part = UnsafeMutableRawBufferPointer(rebasing: free.prefix(bytes.count))
        part.copyBytes(from: bytes)
        free = free.dropFirst(bytes.count)
        return UnsafeRawBufferPointer(part)
    }
}
