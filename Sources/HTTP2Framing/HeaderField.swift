/// One field of a received header list, in the session's memory.
///
/// Both views are valid only while the event they came with is being handled; copy what must live longer.
package struct HeaderField {
    /// The field's name, lower-case as HTTP/2 demands (RFC 9113 §8.2).
    package let name: UnsafeRawBufferPointer
    /// The field's value, which may be any bytes that a header allows.
    package let value: UnsafeRawBufferPointer

    package init(name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer) {
        self.name = name
        self.value = value
    }
}
