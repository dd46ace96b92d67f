namespace Berth.Client
{
    /// <summary>One port of a pod. Immutable.</summary>
    public sealed class EndpointPort
    {
        internal EndpointPort(string name, int number, string protocol)
        {
            Name = name;
            Number = number;
            Protocol = protocol;
        }

        /// <summary>The name in the port scheme; empty for the only port.</summary>
        public string Name { get; }

        /// <summary>The port, 1 to 65535.</summary>
        public int Number { get; }

        /// <summary><c>TCP</c> or <c>UDP</c>.</summary>
        public string Protocol { get; }

        /// <summary>The port for people: <c>game 3002/UDP</c>.</summary>
        public override string ToString() => Name.Length == 0 ? $"{Number}/{Protocol}" : $"{Name} {Number}/{Protocol}";
    }
}
