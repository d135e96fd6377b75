/// A mistake in a user's arguments, in a sentence that says what to change.
package struct RequestError: Error, CustomStringConvertible {
    package let description: String

    init(_ description: String) {
        self.description = description
    }
}
