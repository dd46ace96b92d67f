namespace Berth.Client
{
    /// <summary>A pod that cannot be dialled, with the reason. Immutable.</summary>
    public sealed class LeftOutPod
    {
        internal LeftOutPod(string name, string reason, string detail)
        {
            Name = name;
            Reason = reason;
            Detail = detail;
        }

        /// <summary>The pod's name, or the text that the source has instead.</summary>
        public string Name { get; }

        /// <summary>The reason in one word, such as <c>no-ordinal</c>; docs/http-api.md lists them.</summary>
        public string Reason { get; }

        /// <summary>The reason for people, with its values.</summary>
        public string Detail { get; }

        /// <summary>The pod for people: <c>web-007: no-ordinal, it has leading zeros</c>.</summary>
        public override string ToString() => $"{Name}: {Reason}, {Detail}";
    }
}
