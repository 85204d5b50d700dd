"""Results as tables for others: pandas, Parquet, a workbook."""
