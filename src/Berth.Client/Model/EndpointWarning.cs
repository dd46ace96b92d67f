namespace Berth.Client
{
    /// <summary>Something that a person has to look at. Immutable.</summary>
    public sealed class EndpointWarning
    {
        internal EndpointWarning(string kind, string detail)
        {
            Kind = kind;
            Detail = detail;
        }

        /// <summary>The kind in one word, such as <c>several-sets</c>; docs/http-api.md lists them.</summary>
        public string Kind { get; }

        /// <summary>The warning for people: one or more sentences.</summary>
        public string Detail { get; }

        /// <summary>The warning for people: <c>several-sets: Pods of ...</c></summary>
        public override string ToString() => $"{Kind}: {Detail}";
    }
}
