namespace Berth.Kubernetes.Model;

/// <summary>A history in which the product was wrong. The message says how.</summary>
internal sealed class HistoryException(string message) : Exception(message);
