"""Documents as blocks, and one renderer for each form that they take. What is said in them is the business of report/ and drill/."""
