namespace Berth.Client.Watching
{
    /// <summary>One server-sent event.</summary>
    internal readonly struct ServerSentEvent
    {
        public ServerSentEvent(string kind, string data)
        {
            Kind = kind;
            Data = data;
        }

        public string Kind { get; }

        public string Data { get; }
    }
}
